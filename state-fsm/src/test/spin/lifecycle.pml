/* The machine in an environment, and what must hold in it, as a model for SPIN.

   edges.pml is written from the table that the build compiled, by PromelaTest in target/spin. This
   file says what the guards and actions do, who sends events, and the claims. Check a claim there by

     spin -o2 -a lifecycle.pml && gcc -O2 -DNFAIR=4 -o pan pan.c && ./pan -a -f -m1000000 -N comes_to_rest

   and those of anyone's events with spin -DANYONE. */

#define MAX_ATTEMPTS 2

/* The guards and actions, over the fields of the event, which are parameters in edges.pml. */

#define newTarget (to_version != running_version)
#define supersedes (to_version != to)
#define notRolledBack (force || !given_up[to_version])
#define attemptsLeft (force || to_version != to || attempt_count < MAX_ATTEMPTS)
#define runningTarget (running_version == to)

#define startAttempt attempt = !attempt
#define takeTarget \
  attempt_count = (to_version != to -> 1 : \
    (attempt_count > MAX_ATTEMPTS -> attempt_count : attempt_count + 1)); \
  from = running_version; \
  to = to_version
#define recordError skip
#define clearError skip
#define resetAttempts attempt_count = 0
#define rememberRollback given_up[to] = given_up[to] || !retry
#define forgetRollback given_up[to] = false

/* With -DSTEPS, pan -DPRINTF prints every accepted event: the state, the event, the state after it. */

#ifdef STEPS
#define show_state \
  printm(phase); \
  printf(" %d %d %d %d %d %d ", from, to, attempt_count, given_up[1], given_up[2], given_up[3])
#define before(event, to_version, running_version, force, retry) \
  show_state; \
  printf(#event); \
  printf(" %d %d %d %d ", to_version, running_version, force, retry)
#define after show_state; printf("\n")
#else
#define before(event, to_version, running_version, force, retry) skip
#define after skip
#endif

#include "edges.pml"

mtype:phase phase = idle;
byte from, to;           /* versions: 1 to 3, and 0 for none */
byte attempt_count;      /* counted to one above the limit */
bool given_up[4];        /* rolled_back_versions */

bool attempt;            /* changes with each new attempt */
byte chosen;             /* the version that the last event took on without force, or 0 */

#ifdef ANYONE

/* Anyone sends any event with any values at any time. */
active proctype anyone() {
  do
  :: atomic { any_event() }
  od
}

ltl success_is_verified {
  ((phase != success) W (phase == verifying)) &&
  [] (phase == downloading -> ((phase != success) W (phase == verifying)))
}
ltl given_up_is_not_taken_on { [] (chosen == 0 || !given_up[chosen]) }
ltl attempts_are_limited { [] (chosen == 0 || attempt_count <= MAX_ATTEMPTS) }

#else

/* A device. SPIN's weak fairness (-f) says that none of these processes stops for ever while it
   can go on: the agent works on, and the device is started again at some time. */

byte running = 1;        /* the version that runs */
byte offered;            /* the version that the server offers, or 0 */
bool rebooted;           /* since the last event */
bool operator_left, server_settled;

/* What an agent may send: it confirms only what runs, and rolls back from activated only if the
   device came up with another version, and from success only if another version runs. */
#define may_confirm (running == to)
#define may_roll_back \
  ((phase != activated || rebooted) && (phase == verifying || running != to))

active proctype agent() {
  do
  :: atomic { check(true) }
  :: atomic { no_update(true) }
  :: atomic { download(offered != 0, offered, running, false) }
  :: atomic { stage(true) }
  :: atomic { activate(true) }
  :: atomic { verify(true, running) }
  :: atomic { confirm(may_confirm) }
  :: atomic { fail(true) }
  :: atomic { rollback(may_roll_back, true) }
  :: atomic { rollback(may_roll_back, false) }
  :: atomic { acknowledge(true) }
  od
}

/* The power goes at any time, and either slot may boot. */
active proctype boots() {
  do
  :: atomic { to != 0 -> running = to; rebooted = true }
  :: atomic { from != 0 -> running = from; rebooted = true }
  od
}

/* The operator, or another program, sends anything, and stops at some time. */
active proctype operator() {
  do
  :: atomic { any_event() }
  :: break
  od;
  operator_left = true
}

/* The server changes its mind, and stops at some time. */
active proctype server() {
  do
  :: offered = 0
  :: offered = 1
  :: offered = 2
  :: offered = 3
  :: break
  od;
  server_settled = true
}

#define calm (operator_left && server_settled)

ltl every_attempt_ends {
  [] ((transient && attempt) -> <> (!transient || !attempt)) &&
  [] ((transient && !attempt) -> <> (!transient || attempt))
}
ltl comes_to_rest { <> calm -> [] (transient -> <> !transient) }
ltl asks_again { <> calm -> [] <> (phase == checking || phase == downloading) }

#endif
