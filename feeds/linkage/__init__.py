"""Record linkage: which known entry an item is (Fellegi & Sunter 1969). The idea and the stages: `README.md`.

In reading order: `record` (what is compared), `urls`, `blocking` (which entries are compared), `linker` (start
here), `weights` and `positions` (the evidence), `assignment` (which pairs), `ids`, `differences` (what is an edit).
"""
