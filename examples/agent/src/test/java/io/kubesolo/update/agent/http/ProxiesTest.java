package io.kubesolo.update.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubesolo.update.agent.http.Proxies.Proxy;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxiesTest {
  private final Map<String, String> environment = new HashMap<>();
  private final Proxies proxies = new Proxies(environment::get);

  private Optional<String> shown(String address) throws HttpException {
    return proxies.of(URI.create(address)).map(Proxy::toString);
  }

  @Test
  void readsOneVariableForEachSchemeLowerCaseFirst() throws Exception {
    assertThat(shown("http://h/")).isEmpty();

    environment.put("HTTP_PROXY", "http://upper:81");
    environment.put("HTTPS_PROXY", "secure.example/");
    assertThat(shown("http://h/")).contains("proxy upper:81");
    assertThat(shown("https://h/")).contains("proxy secure.example:80");

    environment.put("http_proxy", " HTTP://user:pw@[::1]:82/ ");
    assertThat(shown("http://h/")).contains("proxy [::1]:82");

    environment.put("http_proxy", "");
    assertThat(shown("http://h/")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://h.example/|*|true",
        "http://h.example/|a,*|true",
        "http://h.example/|h.example|true",
        "http://H.Example/|x, h.EXAMPLE|true",
        "http://h.example/|example|true",
        "http://h.example/|.example|true",
        "http://h.example/|*.example|true",
        "http://example/|.example|true",
        "http://anexample/|example|false",
        "http://h.example/|h.example:80|true",
        "http://h.example/|h.example:81|false",
        "https://h.example/|h.example:443|true",
        "http://h.example/|x.h.example|false",
        "http://h.example/|,|false",
        "http://h.example/|.|false",
        "http://127.0.0.1:9/|127.0.0.1|true",
        "http://127.0.0.1:9/|127.0.0.0/8|true",
        "http://10.1.2.3/|10.1.0.0/15|true",
        "http://10.3.2.3/|10.1.0.0/15|false",
        "http://10.1.2.3/|0.0.0.0/0|true",
        "http://10.1.2.3/|10.1.2.0/33|false",
        "http://10.1.2.3/|fd00::/8|false",
        "http://10.1.2.3/|example/8|false",
        "http://example/|10.0.0.0/8|false",
        "http://[fd00::1]/|fd00::/8|true",
        "http://[fe00::1]/|fd00::/8|false",
        "http://[::1]/|::1|true",
        "http://[::1]:8080/|[::1]:8080|true",
        "http://[::1]:8080/|[::1]:8081|false"
      })
  void leavesOutWhatNoProxyNames(String address, String list, boolean direct) throws Exception {
    environment.put("http_proxy", "http://p");
    environment.put("https_proxy", "http://p");
    environment.put("NO_PROXY", list);

    assertThat(shown(address).isEmpty()).isEqualTo(direct);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://me:secret@p", "socks5://me:secret@p:1080", "http://me:secret@",
            "http://me:secret@p:99999",
        "http://me:sec ret@p", "http://me:secret%zz@p", "me:secret@p q", "://secret"
      })
  void saysThatAProxyCannotBeUsedAndShowsNoPassword(String value) {
    environment.put("http_proxy", value);

    HttpException failure = catchThrowableOfType(HttpException.class, () -> shown("http://h/"));

    assertThat(failure.getMessage()).startsWith("http_proxy ").doesNotContain("sec");
    assertThat(failure.getCause()).isNull();
  }
}
