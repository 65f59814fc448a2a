"""Bytes → clean Unicode text: decoding, charset detection, normalising. Start at `decoding.py`."""
