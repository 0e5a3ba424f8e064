package io.kubesolo.update.agent.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.device.ActivationPolicy.FleetLock;
import io.kubesolo.update.agent.http.HttpClient;
import io.kubesolo.update.agent.http.HttpException;
import io.kubesolo.update.agent.http.HttpSettings;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** A server of the FleetLock protocol, by HTTP. Each request is tried once. */
public final class HttpFleetLockServer implements FleetLockServer {
  private static final int MAX_ANSWER = 64 * 1024;
  private static final Map<String, String> FIELDS =
      Map.of("fleet-lock-protocol", "true", "Content-Type", "application/json");

  private final HttpClient client;
  private final FleetLock lock;

  /**
   * Prepares a client.
   *
   * @param settings how the server is reached
   * @param lock the server's address, and the name of this device there
   */
  public HttpFleetLockServer(HttpSettings settings, FleetLock lock) {
    this.client = new HttpClient(settings);
    this.lock = lock;
  }

  @Override
  public void preReboot() throws Failure {
    post("v1/pre-reboot");
  }

  @Override
  public void steadyState() throws Failure {
    post("v1/steady-state");
  }

  private void post(String name) throws Failure {
    URI address = lock.url().resolve(name);
    try {
      client.post(address, FIELDS, body(), MAX_ANSWER, HttpFleetLockServer::requireDone);
    } catch (HttpException e) {
      throw Failure.at(address, e.problem());
    }
  }

  private static void requireDone(HttpClient.Answer answer) throws HttpException {
    if (answer.status() != 200) {
      throw HttpException.waiting("the server answers " + answer.status() + reason(answer.body()));
    }
  }

  private byte[] body() {
    Map<String, Object> client = new LinkedHashMap<>();
    client.put("id", lock.id());
    client.put("group", lock.group());
    return JsonObject.write(Map.of("client_params", client)).getBytes(UTF_8);
  }

  /** Returns the reason in the server's answer, if it has the form of the protocol. */
  private static String reason(String body) {
    try {
      JsonObject json = JsonObject.parse(body.getBytes(UTF_8));
      return " (%s: %s)".formatted(json.text("kind"), json.text("value"));
    } catch (Failure e) {
      return "";
    }
  }
}
