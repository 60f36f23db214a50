"""Keeping what can be found in step with what is public: the documents, and what the search server has of them."""
