package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.util.List;

/** The machine as somebody writes it who wants speed and nothing else. */
final class HandWritten implements Contender {
  @Override
  public Either<Rejection, UpdateState> decide(
      UpdateState state, UpdateEvent event, EventContext context) {
    return switch (state.phase()) {
      case IDLE ->
        switch (event.type()) {
          case CHECK -> Either.right(Records.checking(state, context));
          case DOWNLOAD -> takeOn(state, (Download) event, context);
          default -> illegal(state, event);
        };
      case CHECKING ->
        switch (event.type()) {
          case NO_UPDATE, CANCEL -> Either.right(Records.idleAgain(state, context));
          case DOWNLOAD -> download(state, (Download) event, context);
          case FAIL -> Either.right(Records.failed(state, (Fail) event, context));
          default -> illegal(state, event);
        };
      case DOWNLOADING ->
        switch (event.type()) {
          case STAGE -> forward(state, "stage", Phase.STAGED, context);
          case FAIL -> Either.right(Records.failed(state, (Fail) event, context));
          case CANCEL -> Either.right(Records.idle(state, "cancel", context));
          default -> illegal(state, event);
        };
      case STAGED ->
        switch (event.type()) {
          case DOWNLOAD -> supersede(state, (Download) event, context);
          case ACTIVATE -> forward(state, "activate", Phase.ACTIVATED, context);
          case FAIL -> Either.right(Records.failed(state, (Fail) event, context));
          case CANCEL -> Either.right(Records.idle(state, "cancel", context));
          default -> illegal(state, event);
        };
      case ACTIVATED ->
        switch (event.type()) {
          case VERIFY -> verify(state, (Verify) event, context);
          case ROLLBACK -> Either.right(Records.rolledBack(state, (Rollback) event, context));
          default -> illegal(state, event);
        };
      case VERIFYING ->
        switch (event.type()) {
          case CONFIRM -> Either.right(Records.success(state, context));
          case ROLLBACK -> Either.right(Records.rolledBack(state, (Rollback) event, context));
          default -> illegal(state, event);
        };
      case SUCCESS ->
        switch (event.type()) {
          case DOWNLOAD -> takeOn(state, (Download) event, context);
          case ROLLBACK -> Either.right(Records.rolledBack(state, (Rollback) event, context));
          case ACKNOWLEDGE -> Either.right(Records.idle(state, "acknowledge", context));
          default -> illegal(state, event);
        };
      case ROLLED_BACK, FAILED ->
        switch (event.type()) {
          case DOWNLOAD -> takeOn(state, (Download) event, context);
          case ACKNOWLEDGE -> Either.right(Records.idle(state, "acknowledge", context));
          default -> illegal(state, event);
        };
    };
  }

  private static Either<Rejection, UpdateState> takeOn(
      UpdateState state, Download event, EventContext context) {
    List<Denial> denials = Refusals.fresh(state, event, context);
    return denials.isEmpty()
        ? Either.right(Records.newAttempt(state, event, context))
        : Either.left(Refusals.denied(state, event, denials));
  }

  private static Either<Rejection, UpdateState> download(
      UpdateState state, Download event, EventContext context) {
    List<Denial> denials = Refusals.fresh(state, event, context);
    return denials.isEmpty()
        ? Either.right(Records.downloading(state, event, context))
        : Either.left(Refusals.denied(state, event, denials));
  }

  private static Either<Rejection, UpdateState> supersede(
      UpdateState state, Download event, EventContext context) {
    List<Denial> denials = Refusals.newer(state, event, context);
    return denials.isEmpty()
        ? Either.right(Records.newAttempt(state, event, context))
        : Either.left(Refusals.denied(state, event, denials));
  }

  private static Either<Rejection, UpdateState> verify(
      UpdateState state, Verify event, EventContext context) {
    List<Denial> denials = Refusals.verify(state, event, context);
    return denials.isEmpty()
        ? forward(state, "verify", Phase.VERIFYING, context)
        : Either.left(Refusals.denied(state, event, denials));
  }

  private static Either<Rejection, UpdateState> forward(
      UpdateState state, String event, Phase to, EventContext context) {
    return Either.right(Records.forward(state, event, to, context));
  }

  private static Either<Rejection, UpdateState> illegal(UpdateState state, UpdateEvent event) {
    return Either.left(Refusals.illegal(state, event));
  }
}
