package io.kubesolo.update.persist;

import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.util.List;

/** A document and its bytes, which are not more than can be read back. */
final class EncodedDocument {
  /** The problem of a document that does not fit even without history. */
  static final String TOO_LARGE =
      "the new state is larger than 1 MiB; remove what other programs keep in the file";

  private final Document document;
  private final byte[] bytes;

  private EncodedDocument(Document document, byte[] bytes) {
    this.document = document;
    this.bytes = bytes;
  }

  /**
   * Encodes a document. If it is too large, the oldest entries of the history are left out; returns
   * none if that is not enough.
   */
  static Option<EncodedDocument> fitting(Document document) {
    Document next = document;
    byte[] bytes = StateJson.encode(next);
    while (bytes.length > StateReader.MAX_BYTES && !next.state().history().isEmpty()) {
      next = next.with(withoutOldest(next.state()));
      bytes = StateJson.encode(next);
    }
    return Option.when(bytes.length <= StateReader.MAX_BYTES, new EncodedDocument(next, bytes));
  }

  private static UpdateState withoutOldest(UpdateState state) {
    List<HistoryEntry> history = state.history();
    return state.toBuilder().history(history.subList(1, history.size())).build();
  }

  Document document() {
    return document;
  }

  byte[] bytes() {
    return bytes;
  }
}
