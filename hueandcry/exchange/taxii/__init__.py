"""The TAXII 2.1 server. docs/taxii.md lists each MUST and SHOULD of the standard with the test that shows it.

door          every request: who asks, what is asked for, the answer or the error message
parameters    the query of an address, read strictly
places        ``next``: a place in a collection, sealed so that a client can only hand it back
collections   which collections the viewer may read and write
pages         objects, manifest and versions: one statement a page, put together inside PostgreSQL
intake        POST, and the status of what was posted
deletion      DELETE of what one's own organisation sent
"""
