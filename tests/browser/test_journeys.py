"""The main journeys through the workbench in a real browser, each by somebody with a browser of their own.

Everybody sees one small simulated recording (12 minutes, five seizures found, the first one migrating); who changes
it has a copy.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="The workbench needs the extra `web`.")
pytest.importorskip("playwright", reason="The journeys need Playwright: install the extra `test`.")

from ictal.cli.main import run
from ictal.infant.timeline.types import Growth, Infant, Variant
from ictal.study import create_study
from ictal.web import children, work
from ictal.web.accounts import Account, Role
from ictal.web.app import create_app, first_link
from ictal.web.settings import Provider, Served, networks
from ictal.web.shelf import Shelf, Told
from tests.browser.people import (
    PASSWORD,
    SERIOUS,
    Browser,
    FastAPI,
    Person,
    axe,
    chromium_of_this_machine,
    served,
)
from tests.genes import build as vcf
from tests.web.test_oidc import CLIENT, MAIL, stub  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser
SIMULATE = "simulate eimfs-storm --hours 0.2 --seed 3 --engine template --set seizures_per_hour=30 --out"
DAY_S = 24 * 3600.0
READY = "window.ictalViewer && window.ictalViewer.ready"
SIZES = {"laptop": (1366, 768), "desk": (1920, 1080), "tablet": (820, 1180)}
SHIFTS = """(() => { window.shifted = 0; new PerformanceObserver((list) => { for (const e of list.getEntries())
  if (!e.hadRecentInput) window.shifted += e.value; }).observe({ type: "layout-shift", buffered: true }); })()"""
MOST_SHIFT = 0.1
"""Of the layout, cumulative: what the Web Vitals call good."""


@dataclass
class Bench:
    """One served workbench."""

    app: FastAPI
    base: str
    open_browser: Callable[..., Person]

    def account(self, name: str, role: Role) -> Account:
        accounts = self.app.state.door.accounts
        return accounts.join(accounts.invite(role), name, PASSWORD)

    def person(self, role: str, **how: object) -> Person:
        """Somebody who is signed in with a role."""
        found = self.open_browser(self.base, **how)
        account = self.account(f"A {role}", Role[role])
        number = self.app.state.door.sessions.begin(account.id)
        found.context.add_cookies([{"name": "ictal", "value": number, "url": self.base}])
        return found

    def visitor(self, **how: object) -> Person:
        """Somebody whom nobody knows."""
        return self.open_browser(self.base, **how)


class Clock:
    """A clock that can be put forward."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


@pytest.fixture(scope="module")
def edf(tmp_path_factory) -> Path:
    """The simulated recording."""
    out = tmp_path_factory.mktemp("simulated") / "sim"
    assert run([*SIMULATE.split(), str(out)]) == 0
    return next(out.rglob("*.edf"))


@pytest.fixture(scope="module")
def finished(edf, tmp_path_factory) -> Path:
    """A study with an infant and its recording, analysed."""
    folder = tmp_path_factory.mktemp("finished") / "study"
    shelf = Shelf(folder, create_study(folder))
    shelf.study.new(Infant(pseudonym="sim-3", sex="female", gestation_weeks=39.0, simulated=True), "a test")
    copy = folder / "upload.edf"
    shutil.copy(edf, copy)
    about = shelf.take(copy, ".edf", Told(label="First night", infant="sim-3", age_days=45), "nobody")
    assert work.main(shelf.folder(about.id)) == 0
    children.attach(shelf, about.id, "a test")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium_of_this_machine() as found:
        yield found


@pytest.fixture
def opened(browser) -> Iterator[Callable[..., Person]]:
    """Open a browser of somebody's own; at the end no page may have complained or asked elsewhere."""
    everybody: list[Person] = []

    def make(base: str, **how: object) -> Person:
        everybody.append(Person(browser, base, **how))
        return everybody[-1]

    yield make
    for person in everybody:
        person.context.close()
    assert [f for p in everybody for f in p.faults] == []
    assert [f for p in everybody for f in p.foreign] == []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bench(finished, tmp_path, opened, clock) -> Iterator[Bench]:
    """The workbench of a copy of the finished study."""
    shutil.copytree(finished, tmp_path / "study")
    app = create_app(Served(tmp_path / "study"), clock)
    with served(app) as base:
        yield Bench(app, base, opened)


@pytest.fixture
def recording(bench) -> str:
    return bench.app.state.shelf.all()[0].id


def verdicts(person: Person) -> list[str]:
    """The states of the listed seizures."""
    return [li.get_attribute("class") or "" for li in person.page.locator(".seizures li").all()]


def spans(bench: Bench, recording: str) -> list[tuple[float, float]]:
    """Where the seizures stand that are not rejected, as the server has them."""
    found = bench.app.state.readings.get(recording).reviews().reviewed
    return [(r.seizure.start_s, r.seizure.stop_s) for r in found if r.verdict != "rejected"]


def test_the_first_admin_comes_in_by_the_link_that_was_printed(tmp_path, opened):
    app = create_app(Served(tmp_path / "new"))
    with served(app) as base:
        link = first_link(app)
        admin = opened(base)
        admin.goes(link)
        assert "first admin" in admin.reads()
        admin.says(Name="Dr First", Password="short", The_same_again="short")
        admin.page.get_by_role("button", name="Join").click()
        assert admin.page.url.endswith(link)  # the browser itself says it beside the field
        assert admin.page.evaluate("document.getElementById('password').validity.tooShort")
        admin.says(Password=PASSWORD, The_same_again=PASSWORD + "!")
        admin.page.get_by_role("button", name="Join").click()
        assert "The same again" in admin.page.locator(".field.wrong").inner_text()
        admin.joins(link, "Dr First")
        admin.page.wait_for_url("**/recordings")
        assert "No recording yet" in admin.reads()
        admin.page.get_by_role("link", name="People").click()
        assert "Dr First" in admin.reads()
        other = opened(base)
        other.goes(link)
        assert "It was used or is too old" in other.reads()
    assert first_link(app) is None


def test_an_invited_person_joins_by_the_link_and_has_the_role_it_gives(bench):
    admin = bench.person("admin")
    admin.goes("/admin")
    invite = admin.page.locator("form[action='/admin/invite']")
    invite.get_by_label("Role").select_option("reader")
    invite.get_by_role("button", name="Make a link").click()
    link = admin.page.locator("code.secret").inner_text()
    assert link.startswith(bench.base)
    guest = bench.visitor()
    guest.joins(link.removeprefix(bench.base), "Dr Guest")
    guest.page.wait_for_url("**/recordings")
    assert "Dr Guest reader" in guest.page.locator("header").inner_text()
    assert guest.page.locator("#upload").count() == 0
    guest.goes("/admin")
    assert "This takes the role admin" in guest.page.locator("body").inner_text()
    admin.goes("/admin")
    assert admin.page.get_by_label("Role of Dr Guest").input_value() == "1"


def test_who_never_had_an_account_asks_and_is_granted_a_period(bench, clock):
    asker = bench.visitor()
    asker.goes("/")
    asker.page.get_by_role("link", name="Ask for an account").click()
    why = asker.page.get_by_label("Who you are, and why you ask")
    asker.says(Name="Dr Asking", Password=PASSWORD)
    why.fill("x")
    asker.page.get_by_role("button", name="Ask").click()
    assert "3 to 500 letters" in asker.page.locator(".field.wrong").inner_text()
    asker.says(Password=PASSWORD)
    why.fill("Child neurologist of the hospital next door.")
    asker.page.get_by_role("button", name="Ask").click()
    assert "An admin of this workbench will look at it" in asker.reads()
    asker.signs_in("Dr Asking")
    assert "Name or password is not right" in asker.page.get_by_role("alert").inner_text()
    admin = bench.person("admin")
    admin.goes("/admin")
    row = admin.page.get_by_role("row", name=re.compile("hospital next door"))
    until = (date.today() + timedelta(days=30)).isoformat()
    row.get_by_label("Until").fill(until)
    row.get_by_role("button", name="Grant").click()
    assert admin.page.get_by_label("Last day of Dr Asking").input_value() == until
    asker.signs_in("Dr Asking")
    asker.page.wait_for_url("**/recordings")
    assert "First night" in asker.reads()
    clock.ahead_s = 32 * DAY_S
    asker.goes("/recordings")
    assert "First night" not in asker.reads()
    asker.signs_in("Dr Asking")
    assert "Your account ended on" in asker.page.get_by_role("alert").inner_text()


def test_who_was_a_member_is_told_so_has_no_access_and_is_renewed(bench, recording):
    member, admin = bench.person("reader"), bench.person("admin")
    where = f"/recordings/{recording}"
    member.goes(where)
    assert "First night" in member.reads()
    admin.goes("/admin")
    row = admin.page.get_by_role("row", name=re.compile("^A reader"))
    row.get_by_label("Last day of A reader").fill((date.today() - timedelta(days=2)).isoformat())
    row.get_by_role("button", name="Save").click()
    row.get_by_text("ended on").wait_for()
    member.goes(where)
    member.signs_in("A reader")
    assert "Your account ended on" in member.page.get_by_role("alert").inner_text()
    assert "First night" not in member.page.content()
    member.goes(f"{where}/eeg")
    assert "/sign-in" in member.page.url
    row.get_by_role("button", name="Renew A reader").click()
    row.get_by_text("active").wait_for()
    member.signs_in("A reader")
    member.page.wait_for_url(f"**{where}/eeg")
    member.waits(READY)


def test_a_file_is_uploaded_resumed_after_a_lost_connection_and_analysed(edf, tmp_path, opened):
    app = create_app(Served(tmp_path / "study"))
    with served(app) as base:
        bench = Bench(app, base, opened)
        clinician = bench.person("clinician")
        page = clinician.page
        sent: list[int] = []

        def second_piece_is_lost(route):
            at = int(route.request.url.rpartition("at=")[2])
            sent.append(at)
            route.continue_() if at == 0 else route.abort()

        page.route("**/api/uploads/*?at=*", second_piece_is_lost)
        clinician.goes("/recordings")
        page.get_by_label("EDF or BDF file").set_input_files(edf)
        page.get_by_label("Call it").fill("Second night")
        page.get_by_role("button", name="Upload and analyse").click()
        page.get_by_text("The connection was lost").wait_for()
        page.unroute("**/api/uploads/*?at=*")
        page.on("request", lambda r: sent.append(int(r.url.rpartition("at=")[2])) if "?at=" in r.url else None)
        clinician.goes("/recordings")  # the page was closed and opened again
        assert "An upload called “Second night” has" in clinician.reads()
        sent.clear()
        page.get_by_label("EDF or BDF file").set_input_files(edf)
        page.get_by_label("Call it").fill("Second night")
        page.get_by_role("button", name="Upload and analyse").click()
        page.wait_for_url(re.compile("/recordings/[0-9a-f]{12}$"))
        assert sent
        assert min(sent) > 0  # what was there was not sent again
        page.get_by_role("link", name="Seizures", exact=True).wait_for()
        assert "seizures were found in 12 min" in clinician.reads()
        assert "SIMULATED" in clinician.reads()
        about = app.state.shelf.all()[0]
        assert app.state.shelf.file(about.id).read_bytes() == edf.read_bytes()


def test_the_eeg_is_read_with_the_keyboard_alone(bench, recording):
    reader = bench.person("reader")
    page = reader.page
    reader.goes(f"/recordings/{recording}")
    link = page.get_by_role("link", name="Open the EEG")
    link.focus()
    page.keyboard.press("Enter")
    reader.waits(READY)
    state = "window.ictalViewer.state"
    for key, then in (
        ("ArrowRight", f"{state}.start === 10"),
        ("Shift+ArrowRight", f"{state}.start === 11"),
        ("Shift+ArrowLeft", f"{state}.start === 10"),
        ("n", f"Math.abs({state}.start - 170) < 3"),
        ("n", f"Math.abs({state}.start - 243) < 3"),
        ("p", f"Math.abs({state}.start - 170) < 3"),
        ("]", f"{state}.page === 15"),
        ("[", f"{state}.page === 10"),
        ("ArrowUp", f"{state}.gain === 7"),
        ("m", f"{state}.montage !== window.ictalViewer.outline.preferred"),
        ("h", f"{state}.high !== 0.5"),
        ("s", f"{state}.sides"),
        ("b", f"!{state}.marks"),
        ("End", f"{state}.start > 700"),
        ("Home", f"{state}.start === 0"),
    ):
        page.keyboard.press(key)
        reader.waits(then)
    page.set_viewport_size({"width": 820, "height": 1180})  # a tablet has no keys
    page.get_by_role("button", name="Next page").click()
    reader.waits(f"{state}.start === 10")
    page.keyboard.press("g")
    page.keyboard.type("6:24")
    page.keyboard.press("Enter")
    reader.waits(f"Math.abs({state}.start - 384) < 3")
    page.locator("#v-status", has_text="T8").wait_for()
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    assert "accept" not in page.get_by_role("dialog").inner_text()  # a reader cannot
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    assert bench.app.state.shelf.corrections(recording) == ()


def test_what_is_wrong_is_corrected_and_taken_back(bench, recording):
    clinician = bench.person("clinician")
    page = clinician.page
    before = spans(bench, recording)
    clinician.goes(f"/recordings/{recording}/seizures")
    says, corrections = page.locator(".says"), page.locator(".correct")
    assert "5 seizures were found" in says.inner_text()

    def open_form(name: str) -> None:
        page.locator(".correct summary", has_text=name).click()

    def keeps(count: int) -> list[tuple[float, float]]:
        says.get_by_text(f"{count} seizures were found").wait_for()
        return spans(bench, recording)

    open_form("Edges")
    corrections.get_by_label("begins", exact=True).fill("2:50.5")
    corrections.get_by_label("ends", exact=True).fill("210")
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_text("moved seizure").first.wait_for()
    assert keeps(5)[0] == (170.5, 210.0)
    open_form("Edges")
    corrections.get_by_label("begins", exact=True).fill("nonsense")
    page.get_by_role("button", name="Move", exact=True).click()
    assert "'nonsense' is no time" in page.get_by_role("alert").inner_text()
    open_form("Split")
    corrections.get_by_label("at", exact=True).fill("190")
    page.get_by_role("button", name="Split", exact=True).click()
    assert keeps(6)[:2] == [(170.5, 190.0), (190.0, 210.0)]
    open_form("Merge")  # with the next one, which is the first that is offered
    page.get_by_role("button", name="Merge", exact=True).click()
    assert keeps(5)[0] == (170.5, 210.0)
    page.get_by_text("Add a seizure that was missed").click()
    missed = page.locator("details.missed form")
    missed.get_by_label("begins").fill("5:30")
    missed.get_by_label("ends").fill("5:45")
    missed.get_by_label("at").select_option("O2")
    missed.get_by_role("button", name="Add", exact=True).click()
    assert (330.0, 345.0) in keeps(6)
    for count in (5, 6, 5):
        page.get_by_role("button", name="Take my last one back").click()
        keeps(count)
    page.get_by_role("button", name="Take my last one back").click()
    page.get_by_text("Take my last one back").wait_for(state="detached")
    assert spans(bench, recording) == before
    page.keyboard.press("a")
    page.locator(".seizures li.accepted").wait_for()
    page.keyboard.press("r")
    page.locator(".seizures li.rejected").wait_for()
    assert "4 seizures were found" in says.inner_text()
    history = page.locator(".history").inner_text()
    assert "A clinician" in history
    assert "took a correction back" in history
    assert page.get_by_role("row", name=re.compile("^A clinician Ictal")).is_visible()


def test_a_seizure_is_corrected_with_the_keyboard_alone_and_what_was_wrong_stays_to_be_mended(bench, recording):
    person = bench.person("clinician")
    page = person.page
    person.goes(f"/recordings/{recording}/seizures")
    focused = "document.activeElement.id"
    page.locator("#c-move").focus()
    for key in ("Enter", "Tab", "Control+A", "2:05", "Tab", "Control+A", "2:02", "Enter"):
        page.keyboard.type(key) if ":" in key else page.keyboard.press(key)
    person.waits("document.querySelector('.correct [role=alert]')")
    assert "must begin before it ends" in page.locator(".correct [role=alert]").inner_text()
    assert page.locator("#c-move-start").input_value() == "2:05"
    person.waits(f"{focused} === 'c-move-stop'")
    page.keyboard.press("Control+A")
    page.keyboard.type("2:20")
    page.keyboard.press("Enter")
    person.waits(f"{focused} === 'h-s'")  # said aloud by a screen reader: the seizure as it is now
    assert "accepted, changed by a reader" in page.locator("#h-s").inner_text()
    page.keyboard.press("u")
    person.waits("document.querySelector('#h-s').innerText.includes('open')")
    assert person.faults == []


def test_at_200_percent_the_traces_keep_their_room(bench, recording):
    person = bench.person("reader")
    person.page.set_viewport_size({"width": 683, "height": 384})  # 1366 x 768 at 200 %
    person.goes(f"/recordings/{recording}/eeg")
    person.page.wait_for_load_state("networkidle")
    person.waits("document.querySelector('#v-eeg').clientHeight >= 400")
    person.waits("document.documentElement.scrollWidth <= innerWidth")


def test_a_vcf_is_ranked_at_the_childs_page_and_a_variant_kept(bench, tmp_path):
    person = bench.person("clinician")
    page = person.page
    person.goes("/infants")
    person.says(Pseudonym="inf-3")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Variants from a file (VCF)").click()
    page.set_input_files("#v-file", vcf.write(tmp_path, vcf.golden()))
    page.get_by_role("button", name="Read and rank").click()
    assert "this file has: child, mother, father" in page.get_by_role("alert").inner_text()
    page.set_input_files("#v-file", vcf.write(tmp_path, vcf.golden()))
    person.says(Sample_of_the_child="child", Sample_of_the_mother="mother", Sample_of_the_father="father")
    page.keyboard.press("Enter")
    page.get_by_label("Age in days at which KCNT1 was found").fill("40")
    page.get_by_role("button", name="Keep").click()
    assert "Kept: variant: gene KCNT1" in page.get_by_role("status").inner_text()
    assert "new: neither parent" not in person.reads()
    assert "p.Arg474His" in person.reads()


def test_a_criterion_leads_to_the_second_of_eeg_it_rests_on(bench, recording):
    clinician = bench.person("clinician")
    page = clinician.page
    clinician.goes("/infants")
    page.get_by_role("link", name="sim-3").click()
    page.get_by_role("link", name="Criteria and differential").click()
    assert "Verdict:" in clinician.reads()
    moment = page.locator("a.moment").first
    said = moment.inner_text()
    hours, minutes, seconds = map(int, said.split(":"))
    moment.click()
    clinician.waits(READY)
    at = 3600 * hours + 60 * minutes + seconds
    start, long = page.evaluate("[window.ictalViewer.state.start, window.ictalViewer.state.page]")
    assert start <= at < start + long
    page.locator("#v-status", has_text="P3→T7").wait_for()


def test_the_report_opens_and_is_printed(bench, recording):
    clinician = bench.person("clinician")
    clinician.goes(f"/recordings/{recording}")
    clinician.page.get_by_role("link", name="Report", exact=True).click()
    assert "First night" in clinician.page.locator("h1").inner_text()
    assert "SIMULATED" in clinician.page.locator("body").inner_text()
    printed = clinician.page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 2


def test_a_clinic_signs_in_by_its_own_provider(finished, tmp_path, opened, stub):  # noqa: F811
    shutil.copytree(finished, tmp_path / "study")
    app = create_app(Served(tmp_path / "study", provider=Provider(stub.issuer, CLIENT, "a secret")))
    with served(app) as base:
        bench = Bench(app, base, opened)
        bench.account(MAIL, Role.clinician)
        member = bench.visitor(elsewhere=stub.issuer)
        member.goes("/infants")
        member.page.get_by_role("link", name="Sign in with your clinic").click()
        member.page.wait_for_url("**/infants")
        assert "sim-3" in member.reads()
        stub.changes = {"email": "stranger@clinic.example"}
        stranger = bench.visitor(elsewhere=stub.issuer)
        stranger.goes("/sign-in")
        stranger.page.get_by_role("link", name="Sign in with your clinic").click()
        stranger.page.get_by_role("alert").wait_for()
        stranger.goes("/infants")
        assert "/sign-in" in stranger.page.url


def test_sign_out_everywhere_ends_the_other_computer_too_and_the_audit_trail_tells(bench, recording):
    ward, office, admin = bench.visitor(), bench.visitor(), bench.person("admin")
    bench.account("Dr Both", Role.clinician)
    for person in (ward, office):
        person.signs_in("Dr Both")
        person.page.wait_for_url("**/recordings")
    ward.goes("/infants")
    ward.page.get_by_role("link", name="sim-3").click()
    ward.page.get_by_role("heading", name="Growth of the head").wait_for()
    office.goes("/account")
    office.page.get_by_role("button", name="Sign out everywhere").click()
    office.page.wait_for_url("**/sign-in")
    ward.goes(f"/recordings/{recording}")
    assert "/sign-in" in ward.page.url
    admin.goes("/admin")
    trail = admin.page.get_by_role("region", name="Audit trail")
    assert trail.get_by_role("row", name=re.compile("Dr Both opened infant sim-3")).count() == 1
    assert trail.get_by_role("row", name=re.compile("Dr Both signed out everywhere")).count() == 1
    assert run(["serve", "--study", str(bench.app.state.door.served.study), "--verify-audit"]) == 0


def test_a_hospitals_own_network_reads_without_a_password_when_it_was_asked_for(finished, tmp_path, opened):
    shutil.copytree(finished, tmp_path / "study")
    own = {"x-forwarded-for": "198.51.100.7, 10.20.3.4"}
    served_here = Served(
        tmp_path / "study",
        site_networks=networks(("10.20.0.0/16",), "--site-network"),
        trusted_proxies=networks(("127.0.0.1/32",), "--trusted-proxy"),
    )
    app = create_app(served_here)
    number = app.state.shelf.all()[0].id
    with served(app) as base:
        ward = opened(base, extra_http_headers=own)
        ward.goes("/")
        assert "First night" in ward.reads()
        assert "reading from the hospital's network" in ward.page.locator("header").inner_text()
        ward.goes(f"/recordings/{number}/seizures")
        assert "5 seizures were found" in ward.reads()
        assert ward.page.get_by_role("button", name="Accept").count() == 0
        ward.goes("/admin")
        assert "/sign-in" in ward.page.url
        for forged in ("10.20.3.4, 198.51.100.7", "198.51.100.7", ""):
            outside = opened(base, extra_http_headers={"x-forwarded-for": forged} if forged else {})
            outside.goes("/recordings")
            assert "/sign-in" in outside.page.url, forged
    app = create_app(Served(tmp_path / "study"))
    with served(app) as base:
        ward = opened(base, extra_http_headers=own)
        ward.goes("/recordings")
        assert "/sign-in" in ward.page.url


def test_a_visitor_reads_the_public_knowledge_and_nothing_else(bench, recording):
    visitor = bench.visitor()
    visitor.goes("/")
    assert "Nothing about any child is shown" in visitor.reads()
    visitor.page.get_by_role("link", name="What is known of the syndrome").click()
    text = visitor.page.locator("main").text_content()
    for word in ("Names", "History", "Key points", "Authors:", "Disclosures:", "Released", "last reviewed", "expires"):
        assert word.lower() in text.lower(), word
    for word in ("KCNT1", "quinidine", "phenobarbital", "sim-3", "First night"):
        assert word not in text, word
    for where in ("/recordings", f"/recordings/{recording}/eeg", "/infants", "/knowledge", "/admin", "/account"):
        visitor.goes(where)
        assert "/sign-in" in visitor.page.url, where


def test_a_path_is_played_on_the_head_and_lies_beside_its_fellows(bench, recording):
    reader = bench.person("reader")
    page = reader.page
    reader.goes(f"/recordings/{recording}/seizures")
    assert page.locator(".multiples a").count() == 2  # P3 is the focus of the first two
    page.get_by_role("button", name="Play the path").click()
    reader.waits("Number(document.querySelector('.pathtime').value) > 1")
    page.get_by_role("button", name="Stop").click()
    told = page.locator(".pathwhere")
    slider = page.get_by_role("slider", name="Time from the start of the seizure")
    slider.fill("0.5")
    assert "At P3" in told.inner_text()
    arrow = page.locator("svg.head .cn").first
    assert float(arrow.get_attribute("opacity")) < 1  # it comes later
    slider.fill("33")
    assert "At T7" in told.inner_text()
    assert float(arrow.get_attribute("opacity")) == 1
    assert page.locator("svg.head .lit[visibility=visible]").count() > 0
    page.locator(".multiples a").nth(1).click()
    page.locator("h2", has_text="Seizure 2").wait_for()
    page.keyboard.press("k")
    page.locator("h2", has_text="Seizure 1").wait_for()
    page.get_by_label("Pattern").select_option("migrating")
    page.get_by_text("1 of 5 shown").wait_for()


def test_a_form_of_the_child_says_what_is_wrong_beside_the_field(bench):
    clinician = bench.person("clinician")
    page = clinician.page
    clinician.goes("/infants")
    page.get_by_label("Pseudonym").fill("inf-9")
    page.get_by_label("Gestation").fill("forty")
    page.get_by_role("button", name="Take in").click()
    assert "'forty' is no number of weeks" in page.locator(".field.wrong").inner_text()
    page.get_by_label("Gestation").fill("39+2")
    page.get_by_role("button", name="Take in").click()
    page.get_by_role("link", name="growth", exact=True).click()
    clinician.waits("document.activeElement.name === 'age_days'")  # the first field has the cursor
    page.keyboard.type("91")
    page.get_by_label("Head (cm)").fill("380")
    page.keyboard.press("Enter")
    wrong = page.locator(".field.wrong")
    assert "Head (cm)" in wrong.inner_text()
    assert "380" in wrong.inner_text()
    clinician.waits("document.activeElement.name === 'head_cm'")
    page.get_by_label("Head (cm)").fill("38,0")
    page.keyboard.press("Enter")
    page.get_by_text("Kept: growth: head cm 38, at 3 mo").wait_for()
    assert page.locator("svg.growth .dot").count() == 1
    page.get_by_role("link", name="variant", exact=True).click()
    page.get_by_label("Age (days)").fill("100")
    page.get_by_label("Gene").fill("KCNT1")
    page.get_by_role("button", name="Add variant").click()
    page.get_by_role("table").get_by_role("link", name="KCNT1").click()
    assert "KCNT1" in clinician.reads()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_fits_stands_still_and_has_nothing_that_axe_calls_serious(bench, recording, root, theme):
    """In light at three sizes, in dark at the laptop's; axe is asked once in each."""
    rules = axe(root)
    sizes = SIZES if theme == "light" else {"laptop": SIZES["laptop"]}
    store = bench.app.state.shelf.study
    number = children.number_of(bench.app.state.door, "sim-3")
    store.add("sim-3", Growth(age_days=30, head_cm=36.0), who="a test")
    store.add("sim-3", Variant(age_days=30, gene="KCNT1"), who="a test")
    accounts = bench.app.state.door.accounts
    accounts.ask("Dr Asking", PASSWORD, "Child neurologist of the hospital next door.")
    here, child = f"/recordings/{recording}", f"/infants/{number}"
    join = f"/join/{accounts.invite(Role.reader)}"
    public = ("/", "/sign-in", "/ask", join, "/public/knowledge", "/join/none")
    inside = ("/recordings", here, f"{here}/eeg", f"{here}/seizures", f"{here}/report", "/infants", child)
    more = (
        f"{child}?add=treatment",
        f"{child}/criteria",
        f"{child}/variants",
        "/admin",
        "/account",
        "/knowledge",
        "/recordings/none",
    )
    visitor, admin = bench.visitor(color_scheme=theme), bench.person("admin", color_scheme=theme)
    reading = bench.app.state.readings.get(recording)
    reading.correct(accounts.all()[0].id, "A admin", "accept", seizures=(reading.reviews().reviewed[0].id,))
    found = []
    for person, where in [*((visitor, w) for w in public), *((admin, w) for w in (*inside, *more))]:
        page = person.page
        page.set_viewport_size({"width": 1366, "height": 768})
        person.goes(where)
        if where.endswith("/eeg"):
            person.waits(READY)
        page.evaluate(SHIFTS)
        page.wait_for_timeout(30)
        shifted, down = page.evaluate("[window.shifted, window.scrollY]")
        if down > 0 or shifted > MOST_SHIFT:
            found.append((where, f"{down} px down, {shifted:.2f} shifted"))
        for size, (width, height) in sizes.items():
            page.set_viewport_size({"width": width, "height": height})
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                found.append((where, size, f"{wide} px too wide"))
        if not where.endswith("/report"):
            page.evaluate(rules)
            found += [(where, *v) for v in page.evaluate(SERIOUS)]
    assert found == []
