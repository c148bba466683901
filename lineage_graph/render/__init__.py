"""Answers as text. Pure: a result in, a text out; what was crawled is never trusted."""
