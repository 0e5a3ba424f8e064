package io.kubesolo.update.benchmarks;

import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;

/** Writes an axis' numbers as the tables do. */
final class Digits extends NumberFormat {
  private static final long serialVersionUID = 1;

  @Override
  public StringBuffer format(double value, StringBuffer text, FieldPosition position) {
    return text.append(Table.number(value));
  }

  @Override
  public StringBuffer format(long value, StringBuffer text, FieldPosition position) {
    return format((double) value, text, position);
  }

  @Override
  public Number parse(String text, ParsePosition position) {
    throw new UnsupportedOperationException("an axis is only written");
  }
}
