"""The verb ``probe``, against receivers that are good and receivers that are broken in one way each."""
