// Turns streams into SSH claims; calls it a tunnel where it hides behind HTTP.
#include <algorithm>

#include "classify/classifier.hpp"
#include "ssh/signatures.hpp"

namespace deadair::classifiers::ssh {
namespace {

using classify::Answer;
using classify::Claims;
using classify::FlowFacts;
using classify::Role;
using classify::Service;
using classify::StreamHead;

constexpr classify::Info kInfo = {
    .name = "ssh",
    .version = "ssh 1.0",
    .doc = "Secure shell, and tunnels that carry it behind HTTP",
    .signals = kSignals,
    .names = {},
    .networks = {},
};

enum class Match : std::uint8_t { no, maybe, yes };

// Whether `bytes` begin with `text`, or could when more of them come.
Match begins(ByteView bytes, std::string_view text) {
  if (bytes.starts_with(text)) return Match::yes;
  return ByteView::of(text).starts_with(bytes.span()) ? Match::maybe : Match::no;
}

Match begins_with_version(ByteView bytes) {
  Match best = Match::no;
  for (const std::string_view version : kVersions) best = std::max(best, begins(bytes, version));
  return best;
}

//   +---------------+---------+--------+-----------+-------------------------+
//   | packet length | padding | SSH_MSG_KEXINIT 20 | cookie, 16 | name-list: length 4, names |
//   +---------------+---------+--------+-----------+-------------------------+
// RFC 4253 sections 6 and 7.1: what follows the version exchange when that was missed.
bool is_key_exchange(ByteView bytes) {
  constexpr std::uint32_t kLeastLength = 100, kMostLength = 35'000;
  constexpr std::size_t kNames = 26;  // where the first name-list's names begin
  constexpr std::uint32_t kLeastNames = 10, kMostNames = 2048;
  const std::uint32_t length = bytes.be32(0);
  const std::uint32_t names = bytes.be32(kNames - 4);
  if (length < kLeastLength || length > kMostLength || bytes.u8(4) < 4 || bytes.u8(5) != 20)
    return false;
  if (names < kLeastNames || names > kMostNames || !bytes.has(kNames, kLeastNames)) return false;
  const std::string_view list = bytes.sub(kNames, names).text();
  return std::all_of(list.begin(), list.end(), [](char c) { return c > ' ' && c <= '~'; }) &&
         (list.find("diffie-hellman") != list.npos || list.find("curve25519") != list.npos ||
          list.find("ecdh-sha2") != list.npos);
}

constexpr std::array<std::string_view, 6> kHttp = {"HTTP/1.", "GET ",     "POST ",
                                                   "PUT ",    "CONNECT ", "HEAD "};
// Headers longer than this are some other use of HTTP.
constexpr std::size_t kMostHeader = 2048;

Match begins_with_http(ByteView bytes) {
  Match best = Match::no;
  for (const std::string_view word : kHttp) best = std::max(best, begins(bytes, word));
  return best;
}

// The version exchange behind an HTTP request or answer, or behind several: programs that talk
// their way through proxies send pairs of them. Anything else behind a header is a web page.
Match version_behind_http(ByteView bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  ByteView rest = bytes.first(kMostHeader);
  for (Match http = begins_with_http(rest); http != Match::no; http = begins_with_http(rest)) {
    const std::size_t end = rest.text().find(kEnd);
    if (http == Match::maybe || end == std::string_view::npos)
      return bytes.size() < kMostHeader ? Match::maybe : Match::no;
    rest = rest.from(end + kEnd.size());
    const Match version = begins_with_version(rest);
    if (version != Match::no) return version;
  }
  return Match::no;
}

Answer certain(Claims& claims, const SignalInfo& signal, Service service) {
  claims.add({&signal, service, Role::none, true});
  return Answer::certain;
}

class Ssh final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    static_cast<void>(flow);
    const ByteView side = head.grew == classify::Direction::up ? head.up : head.down;
    const Match plain = begins_with_version(side);
    if (plain == Match::yes) return certain(claims, kBanner, Service::other);
    const Match hidden = version_behind_http(side);
    if (hidden == Match::yes) return certain(claims, kBehindHttp, Service::tunnel);
    if (is_key_exchange(side)) return certain(claims, kKeyExchange, Service::other);
    const bool open = plain == Match::maybe || hidden == Match::maybe || side.be16(0) == 0;
    return open ? Answer::unsure : Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Ssh classifier;
  return classifier;
}

}  // namespace deadair::classifiers::ssh
