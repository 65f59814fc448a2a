"""Parse HTML within bounds: refuse pages that nest too deep before and after the parser runs.

lexbor searches its stack of open elements at most tags, so its time is tags times depth, and it copies formatting
elements that are never closed into every later block (HTML §13.2.4.3). `parsing` is the entry point. It first
bounds what the parser will keep open (`tree_rules` on an `element_stack`, with the `tags` of the document), then
measures the tree that the parser has built.
"""
