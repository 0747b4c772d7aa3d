"""The social credit base: permits, penalties, lists and tax credit grades of one subject."""
