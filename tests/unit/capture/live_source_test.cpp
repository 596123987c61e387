// Live capture as far as any machine allows: options refused, and the loopback where permitted.
#include "capture/live_source.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes/error.hpp"
#include "catch.hpp"

using namespace deadair;
using namespace deadair::capture;

namespace {

// The loopback, or null where this user may not capture.
std::unique_ptr<PacketSource> open_loopback(const std::string& filter) {
  LiveOptions options;
  options.interface = "lo";
  options.bpf = filter;
  options.buffer_mib = 2;
  options.promiscuous = false;
  try {
    return open_live(options);
  } catch (const Error& error) {
    WARN("no live capture here: " << error.what());
    return nullptr;
  }
}

// A UDP socket of the loopback that sends to itself.
class Echo {
 public:
  Echo() : socket_(socket(AF_INET, SOCK_DGRAM, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    REQUIRE(bind(socket_, pointer(), size) == 0);
    REQUIRE(getsockname(socket_, pointer(), &size) == 0);
  }
  ~Echo() { close(socket_); }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;

  [[nodiscard]] std::string port() const { return std::to_string(ntohs(address_.sin_port)); }
  void send(std::string_view text) {
    REQUIRE(sendto(socket_, text.data(), text.size(), 0, pointer(), sizeof address_) > 0);
  }

 private:
  sockaddr* pointer() { return static_cast<sockaddr*>(static_cast<void*>(&address_)); }

  int socket_;
  sockaddr_in address_{};
};

}  // namespace

TEST_CASE("live: an unknown interface is refused with the way to list them") {
  LiveOptions options;
  options.interface = "no-such-if0";
  try {
    open_live(options);
    FAIL("opened");
  } catch (const Error& error) {
    const std::string message = error.what();
    CHECK(message.find("no-such-if0: ") == 0);
    const bool helpful =
        message.find("live -D") != std::string::npos || message.find("setcap") != std::string::npos;
    CHECK(helpful);
  }
}

TEST_CASE("live: what was sent before the stop is delivered, then the source ends") {
  Echo echo;
  const auto source = open_loopback("udp port " + echo.port());
  if (!source) return;
  constexpr std::size_t kSent = 500;
  for (std::size_t i = 0; i < kSent; ++i) echo.send("packet " + std::to_string(i));
  usleep(50'000);  // on a busy machine the kernel may still be carrying them
  source->request_stop();
  std::vector<wire::RawPacket> out(64);
  std::vector<std::string> ends;
  while (!source->ended()) {
    const std::size_t count = source->next(out);
    for (const wire::RawPacket& packet : std::span(out).first(count)) {
      CHECK(packet.frame.number() == ends.size() + 1);
      CHECK(packet.link == 1);
      ends.emplace_back(packet.bytes.from(14 + 20 + 8).text());
    }
  }
  REQUIRE(ends.size() == kSent);
  CHECK(ends.front() == "packet 0");
  CHECK(ends.back() == "packet 499");
  const InputSummary& summary = source->inputs().at(0);
  CHECK(summary.packets == kSent);
  CHECK(summary.kernel_drops == 0);
  CHECK(summary.problem.empty());
  CHECK(summary.ts_last_ns > summary.ts_first_ns);
}

TEST_CASE("live: an idle interface neither blocks nor ends") {
  Echo echo;
  const auto source = open_loopback("udp port " + echo.port());
  if (!source) return;
  std::vector<wire::RawPacket> out(64);
  for (int i = 0; i < 20; ++i) CHECK(source->next(out) == 0);
  CHECK_FALSE(source->ended());
  echo.send("late");
  std::size_t count = 0;
  for (int i = 0; i < 100 && count == 0; ++i) count = source->next(out);
  CHECK(count == 1);
}

TEST_CASE("live: the loopback is among the interfaces") {
  bool found = false;
  for (const InterfaceInfo& info : list_interfaces()) found = found || info.loopback;
  // Without permission libpcap may list nothing at all.
  if (geteuid() == 0) CHECK(found);
}
