"""How a text is divided into records; one module is one layout."""
