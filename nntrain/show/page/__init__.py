"""One self-contained HTML page: sections, charts, templates, style and script."""
