"""What runs until it is told to stop: the demo, a server, and activity for the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from actas.cli.base import DataDir, Exit, Json, examples, fail, run, run_until_stopped, settings, until_told_to_stop
from actas.server import port_is_free, serve, set_up_embedded
from actas.workers import supervise

if TYPE_CHECKING:
    from actas.settings import Settings

PANEL = "Run"


def demo_command(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The console's port.")] = 8000,
    workspace_port: Annotated[int, typer.Option(min=1, max=65535, help="The example product's port.")] = 8001,
    data_dir: DataDir = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the demo that is there and begin anew.")] = False,
    as_json: Json = False,
) -> None:
    """Run everything on this machine with sixty tenants and ninety days: the console, and a product to enter."""
    from actas.demo import run as run_demo  # noqa: PLC0415  it brings the example product along

    here = f"http://localhost:{port}"
    given = settings(port=port, console_url=here, service_url=here, data_dir=data_dir)
    run_until_stopped(lambda: run_demo(given, workspace_port, fresh=fresh, as_json=as_json))


def serve_command(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port to listen on.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes serve, on this one port.")] = 1,
    data_dir: DataDir = None,
) -> None:
    """Serve the API and the console, after a look at everything that the promises need."""
    given = settings(host=host, port=port, data_dir=data_dir)
    run(_before(given))
    run_until_stopped(lambda: supervise(given, workers) if workers > 1 else serve(given))


async def _before(given: Settings) -> None:
    """The embedded database, made where there is none: not for a port that somebody else has."""
    port_is_free(given.host, given.port)
    if given.database_url is None:
        await set_up_embedded(given, "REAL")


def simulate_command(
    lasts: Annotated[
        str | None,
        typer.Option("--for", metavar="DURATION", help="How long, as 90s, 10m or 2h; for ever if not given."),
    ] = None,
    rate: Annotated[int, typer.Option(min=1, max=120, help="Visits a minute, at most.")] = 12,
    seed: Annotated[int, typer.Option(help="The same seed does the same things in the same order.")] = 20,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the demo's console.")] = 8000,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Have colleagues come and go in a running demo, so that everything on the screens moves."""
    from actas.simulate import seconds, simulate  # noqa: PLC0415  no other command needs it

    given = settings(port=port, console_url=f"http://localhost:{port}", data_dir=data_dir)
    try:
        until = seconds(lasts)
    except ValueError as error:
        fail(str(error), Exit.USAGE)
    run_until_stopped(lambda: until_told_to_stop(simulate(given, seconds=until, rate=rate, seed=seed, as_json=as_json)))


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("demo", rich_help_panel=PANEL, epilog=examples("actas demo", "actas demo --fresh --port 9000"))(
        demo_command
    )
    app.command("serve", rich_help_panel=PANEL, epilog=examples("actas serve", "actas serve --port 80 --workers 4"))(
        serve_command
    )
    app.command(
        "simulate", rich_help_panel=PANEL, epilog=examples("actas simulate", "actas simulate --for 10m --rate 30")
    )(simulate_command)
