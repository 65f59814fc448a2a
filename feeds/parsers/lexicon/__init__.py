"""Words that say what a part of a document is, in the languages of newsrooms."""
