/* Written by a test: the phases, and the edges for each type of event. */

mtype:phase = { idle, checking, downloading, staged, activated, verifying, success, rolled_back, failed };

#define transient (phase == checking || phase == downloading || phase == staged || phase == activated || phase == verifying)

inline check(may) {
  if
  :: may && phase == idle ->
       d_step { before(check, 0, 0, 0, 0); startAttempt; phase = checking; after }
  fi;
  chosen = 0
}

inline no_update(may) {
  if
  :: may && phase == checking ->
       d_step { before(no_update, 0, 0, 0, 0); clearError; phase = idle; after }
  fi;
  chosen = 0
}

inline download(may, to_version, running_version, force) {
  if
  :: may && phase == checking && newTarget && notRolledBack && attemptsLeft ->
       d_step { before(download, to_version, running_version, force, 0); takeTarget; phase = downloading; after }
  :: may && phase == idle && newTarget && notRolledBack && attemptsLeft ->
       d_step { before(download, to_version, running_version, force, 0); startAttempt; takeTarget; phase = downloading; after }
  :: may && phase == downloading && newTarget && notRolledBack && attemptsLeft ->
       d_step { before(download, to_version, running_version, force, 0); startAttempt; takeTarget; phase = downloading; after }
  :: may && phase == success && newTarget && notRolledBack && attemptsLeft ->
       d_step { before(download, to_version, running_version, force, 0); startAttempt; takeTarget; phase = downloading; after }
  :: may && phase == rolled_back && newTarget && notRolledBack && attemptsLeft ->
       d_step { before(download, to_version, running_version, force, 0); startAttempt; takeTarget; phase = downloading; after }
  :: may && phase == failed && newTarget && notRolledBack && attemptsLeft ->
       d_step { before(download, to_version, running_version, force, 0); startAttempt; takeTarget; phase = downloading; after }
  :: may && phase == staged && newTarget && supersedes && notRolledBack ->
       d_step { before(download, to_version, running_version, force, 0); startAttempt; takeTarget; phase = downloading; after }
  fi;
  chosen = (force -> 0 : to_version)
}

inline stage(may) {
  if
  :: may && phase == downloading ->
       d_step { before(stage, 0, 0, 0, 0); phase = staged; after }
  fi;
  chosen = 0
}

inline activate(may) {
  if
  :: may && phase == staged ->
       d_step { before(activate, 0, 0, 0, 0); phase = activated; after }
  fi;
  chosen = 0
}

inline verify(may, running_version) {
  if
  :: may && phase == activated && runningTarget ->
       d_step { before(verify, 0, running_version, 0, 0); phase = verifying; after }
  fi;
  chosen = 0
}

inline confirm(may) {
  if
  :: may && phase == verifying ->
       d_step { before(confirm, 0, 0, 0, 0); clearError; resetAttempts; forgetRollback; phase = success; after }
  fi;
  chosen = 0
}

inline fail(may) {
  if
  :: may && phase == checking ->
       d_step { before(fail, 0, 0, 0, 0); recordError; phase = failed; after }
  :: may && phase == downloading ->
       d_step { before(fail, 0, 0, 0, 0); recordError; phase = failed; after }
  :: may && phase == staged ->
       d_step { before(fail, 0, 0, 0, 0); recordError; phase = failed; after }
  fi;
  chosen = 0
}

inline rollback(may, retry) {
  if
  :: may && phase == activated ->
       d_step { before(rollback, 0, 0, 0, retry); recordError; rememberRollback; phase = rolled_back; after }
  :: may && phase == verifying ->
       d_step { before(rollback, 0, 0, 0, retry); recordError; rememberRollback; phase = rolled_back; after }
  :: may && phase == success ->
       d_step { before(rollback, 0, 0, 0, retry); recordError; rememberRollback; phase = rolled_back; after }
  fi;
  chosen = 0
}

inline cancel(may) {
  if
  :: may && phase == checking ->
       d_step { before(cancel, 0, 0, 0, 0); clearError; phase = idle; after }
  :: may && phase == downloading ->
       d_step { before(cancel, 0, 0, 0, 0); clearError; phase = idle; after }
  :: may && phase == staged ->
       d_step { before(cancel, 0, 0, 0, 0); clearError; phase = idle; after }
  fi;
  chosen = 0
}

inline acknowledge(may) {
  if
  :: may && phase == success ->
       d_step { before(acknowledge, 0, 0, 0, 0); clearError; phase = idle; after }
  :: may && phase == rolled_back ->
       d_step { before(acknowledge, 0, 0, 0, 0); clearError; phase = idle; after }
  :: may && phase == failed ->
       d_step { before(acknowledge, 0, 0, 0, 0); clearError; phase = idle; after }
  fi;
  chosen = 0
}

/* Any event that an edge accepts, with any values. */
inline any_event() {
  if
  :: check(true)
  :: no_update(true)
  :: download(true, 1, 1, false)
  :: download(true, 1, 1, true)
  :: download(true, 1, 2, false)
  :: download(true, 1, 2, true)
  :: download(true, 1, 3, false)
  :: download(true, 1, 3, true)
  :: download(true, 2, 1, false)
  :: download(true, 2, 1, true)
  :: download(true, 2, 2, false)
  :: download(true, 2, 2, true)
  :: download(true, 2, 3, false)
  :: download(true, 2, 3, true)
  :: download(true, 3, 1, false)
  :: download(true, 3, 1, true)
  :: download(true, 3, 2, false)
  :: download(true, 3, 2, true)
  :: download(true, 3, 3, false)
  :: download(true, 3, 3, true)
  :: stage(true)
  :: activate(true)
  :: verify(true, 1)
  :: verify(true, 2)
  :: verify(true, 3)
  :: confirm(true)
  :: fail(true)
  :: rollback(true, false)
  :: rollback(true, true)
  :: cancel(true)
  :: acknowledge(true)
  fi
}
