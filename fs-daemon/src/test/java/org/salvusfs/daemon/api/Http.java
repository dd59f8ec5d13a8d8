package org.salvusfs.daemon.api;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.Stream;

/** Requests as any client would make them. */
final class Http implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final String url;

  Http(String url) {
    this.url = url;
  }

  /**
   * Makes a request.
   *
   * @param token empty: none is shown
   * @param body empty: none is sent
   */
  HttpResponse<String> ask(String method, String path, String token, String body)
      throws IOException, InterruptedException {
    return client.send(
        request(method, path, token, body, Map.of()), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return ask("GET", path, TestApi.TOKEN, "");
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return ask("POST", path, TestApi.TOKEN, body);
  }

  /** An answer that goes on. */
  HttpResponse<Stream<String>> lines(String path, Map<String, String> headers)
      throws IOException, InterruptedException {
    return client.send(
        request("GET", path, TestApi.TOKEN, "", headers), HttpResponse.BodyHandlers.ofLines());
  }

  private HttpRequest request(
      String method, String path, String token, String body, Map<String, String> headers) {
    var publisher =
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    var request = HttpRequest.newBuilder(URI.create(url + path)).method(method, publisher);
    headers.forEach(request::header);
    return (token.isEmpty() ? request : request.header("Authorization", "Bearer " + token)).build();
  }

  /** Ends what still goes on, too. */
  @Override
  public void close() {
    client.shutdownNow();
  }
}
