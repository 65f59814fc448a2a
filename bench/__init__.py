"""Benchmarks: the CPU cost of Tidings as ratios to well-known programs, measured in the same run.

`__main__` prints the table. `serving` compares requests, `inside` rendering, refreshing and parsing, `pages` HTML.
`measure` has the method, `load` the requests, `samples` the data, `plain` a plain Flask view.
"""
