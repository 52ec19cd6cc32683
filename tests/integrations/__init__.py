"""One contract for every app in ``integrations/``, under the servers that it is run with."""
