"""`costake openapi`: the description of the API as OpenAPI 3.1, without a database."""

import json

import click


@click.command()
@click.option("--compact", is_flag=True, help="Print it on one line.")
def openapi(compact: bool) -> None:
    """Print the description of the API (OpenAPI 3.1, JSON)."""
    from app.api.routes import openapi as described

    click.echo(json.dumps(described(), ensure_ascii=False, indent=None if compact else 2))
