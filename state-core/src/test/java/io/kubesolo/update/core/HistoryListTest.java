package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryListTest {
  private static final HistoryEntry A = entry("a");
  private static final HistoryEntry B = entry("b");
  private static final HistoryEntry C = entry("c");
  private static final HistoryEntry D = entry("d");

  @Test
  void keepsTheLastEntries() {
    assertThat(HistoryList.of(List.of()).and(A, 3)).containsExactly(A);
    assertThat(HistoryList.of(List.of(A, B)).and(C, 3)).containsExactly(A, B, C);
    assertThat(HistoryList.of(List.of(A, B, C)).and(D, 3)).containsExactly(B, C, D);
    assertThat(HistoryList.of(List.of(A, B, C)).and(D, 2)).containsExactly(C, D);
  }

  @Test
  void addingAnEntryLeavesTheListUnchanged() {
    HistoryList list = HistoryList.of(List.of(A, B));

    list.and(C, 3);

    assertThat(list).containsExactly(A, B).isEqualTo(List.of(A, B));
  }

  @Test
  void isAnUnmodifiableCopy() {
    List<HistoryEntry> source = new ArrayList<>(List.of(A, B));
    HistoryList list = HistoryList.of(source);

    source.clear();

    assertThat(list).containsExactly(A, B);
    assertThatThrownBy(() -> list.set(0, C)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void isNotCopiedAgain() {
    HistoryList list = HistoryList.of(List.of(A));

    assertThat(HistoryList.of(list)).isSameAs(list);
  }

  @Test
  void rejectsNull() {
    assertThatIllegalArgumentException().isThrownBy(() -> HistoryList.of(Arrays.asList(A, null)));
  }

  private static HistoryEntry entry(String event) {
    return new HistoryEntry(
        SampleStates.NOW, event, "idle", "checking", Option.none(), Option.none());
  }
}
