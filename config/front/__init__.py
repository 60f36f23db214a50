"""What stands before Django in each web process: held pages, and a gate that lets in no more than can be done."""
