/** An agent on the module path. It names what it uses itself; what that needs comes with it. */
module example.agent {
  requires io.kubesolo.update.core;
  requires io.kubesolo.update.fsm;
  requires io.kubesolo.update.persist;
}
