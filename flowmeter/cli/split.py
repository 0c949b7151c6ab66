"""`flowmeter split`: the rule that divides customers between variants."""

from typing import Annotated

import typer

from flowmeter.cli.homes import HomeOption, find_home
from flowmeter.cli.output import narrate, write_text
from flowmeter.split import Tool


def split(
    ctx: typer.Context,
    workflow: Annotated[str, typer.Option(help="The key of a workflow, such as order_updates.")],
    arms: Annotated[str, typer.Option(help="The keys of the variants with commas, such as a,b.")],
    tool: Annotated[Tool, typer.Option("--for", help="Where the rule is pasted.")],
    share: Annotated[
        float | None,
        typer.Option(help="Share of customers who get the second of two. Default: equal shares.", show_default=False),
    ] = None,
    home: HomeOption = None,
) -> None:
    """The tag rule that gives each customer one variant by hash, ready to paste, and its entry for workflows.yml."""
    from flowmeter.checked_file import nearest
    from flowmeter.config import load_config
    from flowmeter.split import check_keys, rule

    known = [entry.key for entry in load_config(find_home(ctx, home)).workflows]
    if workflow not in known:
        raise typer.BadParameter(f"there is no workflow '{workflow}'. {nearest(workflow, known)}")
    keys = [name.strip() for name in arms.split(",") if name.strip()]
    try:
        check_keys(keys)
        text = rule(tool, workflow, keys, share)
    except ValueError as mistake:
        raise typer.BadParameter(str(mistake)) from None
    write_text(text)
    narrate("Run `flowmeter refresh` once the entry is in config/workflows.yml, and compare with `flowmeter compare`")
