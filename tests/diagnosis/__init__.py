"""The diagnosis: a corpus of failures, each made from its cause's own definition, and what is never said."""
