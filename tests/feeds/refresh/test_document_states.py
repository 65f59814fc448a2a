"""The cached states of documents are those of the store."""

from __future__ import annotations

from feeds.refresh.document_states import Documents
from feeds.store import Claim, DocumentState, Store

OLD, NEW = DocumentState("0f"), DocumentState("1f")


def written(store: Store, **states: DocumentState) -> None:
    with store.write() as transaction:
        transaction.remember("newsroom", states)


def states(documents: Documents, store: Store, epoch: int, source: str = "newsroom") -> dict:
    with store.read() as view:
        return dict(documents.get(Claim(source, epoch), view))


def test_states_committed_under_the_last_claim_are_known_without_the_store(store: Store) -> None:
    documents = Documents()
    written(store, a=OLD, b=OLD)
    known = states(documents, store, 1)
    assert known == {"a": OLD, "b": OLD}
    documents.put(Claim("newsroom", 1), known, {"b": NEW})
    # Nothing of this was written: it comes from memory.
    assert states(documents, store, 2) == {"a": OLD, "b": NEW}
    assert states(documents, store, 2, "archive") == {}


def test_after_a_claim_of_another_process_the_store_is_read(store: Store) -> None:
    documents = Documents()
    documents.put(Claim("newsroom", 1), {}, {"a": OLD})
    written(store, a=NEW)
    assert states(documents, store, 3) == {"a": NEW}


def test_a_claim_under_which_nothing_was_committed_is_like_one_of_another_process(store: Store) -> None:
    documents = Documents()
    written(store, a=OLD)
    documents.put(Claim("newsroom", 1), {}, {"a": NEW})
    assert states(documents, store, 2) == {"a": NEW}
    assert states(documents, store, 3) == {"a": OLD}
