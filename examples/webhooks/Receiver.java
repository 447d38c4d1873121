// Receives webhooks of Call Ledger in Java 17 or newer. To read the JSON, use the library of your project, such as
// Jackson: this example only shows how to verify a request, and prints its callIds.
// WEBHOOK_SECRET=whsec_… PORT=8080 java Receiver.java
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Receiver {
  private static final long TOLERANCE_S = 300;
  private static final Pattern CALL_ID = Pattern.compile("\\{\"event\":\"[a-z.]+\",\"callId\":\"([^\"]*)\"");

  /** Whether the request comes from the ledger, and is not an old one that somebody sends again. */
  static boolean isGenuine(byte[] secret, Headers headers, byte[] body) throws Exception {
    String id = headers.getFirst("webhook-id");
    String timestamp = headers.getFirst("webhook-timestamp");
    String signatures = headers.getFirst("webhook-signature");
    if (id == null || signatures == null || timestamp == null || !timestamp.matches("\\d{1,12}")) return false;
    if (Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp)) > TOLERANCE_S) return false;
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
    String expected = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    for (String given : signatures.split(" "))
      if (MessageDigest.isEqual(expected.getBytes(), given.getBytes())) return true;
    return false;
  }

  public static void main(String[] arguments) throws Exception {
    byte[] secret = Base64.getDecoder().decode(System.getenv("WEBHOOK_SECRET").substring("whsec_".length()));
    int port = Integer.parseInt(System.getenv("PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext("/", exchange -> {
      byte[] body = exchange.getRequestBody().readAllBytes();
      int status = 401;
      try {
        if (isGenuine(secret, exchange.getRequestHeaders(), body)) {
          List<String> ids = new ArrayList<>();
          var matcher = CALL_ID.matcher(new String(body, StandardCharsets.UTF_8));
          while (matcher.find()) ids.add("\"" + matcher.group(1) + "\"");
          System.out.println("[" + String.join(",", ids) + "]");
          status = 204;
        }
      } catch (Exception error) {
        status = 500;
      }
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    });
    server.start();
    System.out.println("listening");
  }
}
