package io.kubesolo.update.agent.monitor;

/** Answers the requests for one path. It may be called by several threads at once. */
interface HttpRoute {
  HttpReply answer(HttpRequest request);
}
