"""`ictal serve`: the workbench of a study, in the browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from ictal.base.errors import MissingExtra, UsageError


@click.command()
@click.option(
    "--study", required=True, type=click.Path(path_type=Path), help="Folder of the study; it is made when not there."
)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; others than this computer's are not reached by default.",
)
@click.option("--https", is_flag=True, help="The workbench stands behind a TLS proxy: mark cookies as secure.")
@click.option(
    "--trusted-proxy",
    multiple=True,
    metavar="NETWORK",
    help="Whose word about a visitor's address is taken (repeat it).",
)
@click.option(
    "--site-network",
    multiple=True,
    metavar="NETWORK",
    help="Computers of these networks may read without signing in [default: none].",
)
@click.option("--oidc-issuer", metavar="URL", help="Identity provider of the clinic (OpenID Connect) [default: none].")
@click.option(
    "--oidc-client",
    metavar="ID",
    help="As whom the workbench is known to the provider; its secret is read from ICTAL_OIDC_SECRET.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Analyses that run at once, each in a process of its own [default: half of the processors, 1 to 4].",
)
@click.option("--verify-audit", is_flag=True, help="Check that nobody changed the audit trail, say so, and stop.")
def serve(study: Path, port: int, host: str, https: bool, **said: Any) -> None:
    """Serve the workbench of a study: upload, analyse, read, correct.

    At the first start it prints a link, good once and for a day, that makes the first admin.
    """
    try:
        from ictal.web.jobs import usual_workers
        from ictal.web.serving import serve as run
        from ictal.web.serving import verify
        from ictal.web.settings import Provider, Served, check_site, networks
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("ictal"):
            raise
        raise MissingExtra("The workbench", "web") from None
    if study.exists() and not study.is_dir():
        raise UsageError(f"--study is '{study}', which is a file: name the folder of a study.")
    if said["verify_audit"]:
        click.echo(f"Audit trail: {verify(study)} entries, each follows from the one before.")
        return
    proxies = networks(said["trusted_proxy"], "--trusted-proxy")
    site = networks(said["site_network"], "--site-network")
    check_site(site, proxies)
    issuer, client = said["oidc_issuer"], said["oidc_client"]
    if (issuer is None) != (client is None):
        raise UsageError("--oidc-issuer and --oidc-client belong together: give both, or neither.")
    provider = None if issuer is None else Provider(issuer, client, os.environ.get("ICTAL_OIDC_SECRET", ""))
    workers = said["workers"] or usual_workers()
    run(Served(study, host, port, https, site, proxies, provider=provider, workers=workers), click.echo)
