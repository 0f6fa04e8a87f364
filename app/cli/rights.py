"""`costake rights`: who may do what, read from the routes themselves."""

import click


@click.command()
@click.option("--markdown", is_flag=True, help="Print the table of the README instead of one line an operation.")
@click.option("--write", is_flag=True, help="Write the README's table and the reviewed list of the tests anew.")
def rights(markdown: bool, write: bool) -> None:
    """Print every operation with the rule of who may: METHOD /path | rule."""
    from app.core.settings import ROOT
    from app.main import app
    from app.web.rights import listed, operations, table, with_table

    found = operations(app)
    if not write:
        click.echo(table(found) if markdown else listed(found), nl=False)
        return
    readme, reviewed = ROOT / "README.md", ROOT / "tests" / "security" / "rights.txt"
    readme.write_text(with_table(readme.read_text(), found))
    reviewed.write_text(listed(found))
    click.echo(f"{len(found)} operations written. Review what changed before you keep it.")
