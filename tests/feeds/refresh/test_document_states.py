"""What is remembered of documents is what the store would say."""

from __future__ import annotations

from feeds.refresh.document_states import Documents
from feeds.store import Claim, DocumentState, Store

OLD, NEW = DocumentState("0f"), DocumentState("1f")


def written(store: Store, **states: DocumentState) -> None:
    with store.write() as transaction:
        transaction.remember("newsroom", states)


def recalled(documents: Documents, store: Store, epoch: int, source: str = "newsroom") -> dict:
    with store.read() as view:
        return dict(documents.recall(Claim(source, epoch), view))


def test_what_was_committed_under_the_last_claim_is_known_without_the_store(store: Store) -> None:
    documents = Documents()
    written(store, a=OLD, b=OLD)
    known = recalled(documents, store, 1)
    assert known == {"a": OLD, "b": OLD}
    documents.keep(Claim("newsroom", 1), known, {"b": NEW})
    # Nothing of this was written: it comes from memory.
    assert recalled(documents, store, 2) == {"a": OLD, "b": NEW}
    assert recalled(documents, store, 2, "archive") == {}


def test_after_a_claim_of_somebody_else_the_store_is_asked(store: Store) -> None:
    documents = Documents()
    documents.keep(Claim("newsroom", 1), {}, {"a": OLD})
    written(store, a=NEW)
    assert recalled(documents, store, 3) == {"a": NEW}


def test_a_claim_under_which_nothing_was_committed_is_like_one_of_somebody_else(store: Store) -> None:
    documents = Documents()
    written(store, a=OLD)
    documents.keep(Claim("newsroom", 1), {}, {"a": NEW})
    assert recalled(documents, store, 2) == {"a": NEW}
    assert recalled(documents, store, 3) == {"a": OLD}
