package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentTest {
  private static final HistoryEntry A = entry("a");
  private static final HistoryEntry B = entry("b");
  private static final HistoryEntry C = entry("c");
  private static final HistoryEntry D = entry("d");

  @Test
  void keepsTheLastSoMany() {
    assertThat(Recent.of(List.of()).and(A, 3)).containsExactly(A);
    assertThat(Recent.of(List.of(A, B)).and(C, 3)).containsExactly(A, B, C);
    assertThat(Recent.of(List.of(A, B, C)).and(D, 3)).containsExactly(B, C, D);
    assertThat(Recent.of(List.of(A, B, C)).and(D, 2)).containsExactly(C, D);
  }

  @Test
  void isExtendedWithoutBeingChanged() {
    Recent recent = Recent.of(List.of(A, B));

    recent.and(C, 3);

    assertThat(recent).containsExactly(A, B).isEqualTo(List.of(A, B));
  }

  @Test
  void sharesNothingWithTheListItWasMadeOf() {
    List<HistoryEntry> list = new ArrayList<>(List.of(A, B));
    Recent recent = Recent.of(list);

    list.clear();

    assertThat(recent).containsExactly(A, B);
    assertThatThrownBy(() -> recent.set(0, C)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void isTakenOverAsItIs() {
    Recent recent = Recent.of(List.of(A));

    assertThat(Recent.of(recent)).isSameAs(recent);
  }

  @Test
  void refusesNull() {
    assertThatNullPointerException().isThrownBy(() -> Recent.of(Arrays.asList(A, null)));
  }

  private static HistoryEntry entry(String event) {
    return new HistoryEntry(Sample.NOW, event, "idle", "checking", Option.none(), Option.none());
  }
}
