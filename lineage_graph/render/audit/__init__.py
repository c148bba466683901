"""The audit report as one self-contained HTML file and as Markdown. Its JSON is the report's own `to_dict`."""
