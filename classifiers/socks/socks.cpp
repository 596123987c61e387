// Turns streams into SOCKS claims by the handshakes of versions 4, 4A and 5.
#include <algorithm>

#include "classify/classifier.hpp"
#include "proto/host_name.hpp"
#include "socks/signatures.hpp"

namespace deadair::classifiers::socks {
namespace {

using classify::Answer;
using classify::Claims;
using classify::FlowFacts;
using classify::Role;
using classify::Service;
using classify::StreamHead;

constexpr classify::Info kInfo = {
    .name = "socks",
    .version = "socks 1.0",
    .doc = "SOCKS proxies of versions 4, 4A and 5",
    .signals = kSignals,
    .names = {},
    .networks = {},
};

constexpr std::uint8_t kVersion4 = 4, kVersion5 = 5;
constexpr std::uint8_t kNoMethod = 0xff, kPassword = 2;

// What one side of a handshake has shown so far.
enum class Seen : std::uint8_t { nothing, beginning, opening, all, other };

// Methods that were ever assigned, and private ones (IANA, SOCKS Methods).
bool is_method(std::uint8_t method) {
  return method <= 9 || (method >= 0x80 && method != kNoMethod);
}

//   +-----+---------+-----+------+----------+------+
//   | VER | CMD/REP | RSV | ATYP | address  | port |       RFC 1928 sections 4 and 6
//   |  5  |    1    |  0  | 1    | variable |  2   |
//   +-----+---------+-----+------+----------+------+
// How far `bytes` are such a message whose second field is at most `most`.
Seen read_message(ByteView bytes, std::uint8_t least, std::uint8_t most) {
  if (bytes.size() < 5) return bytes.u8(0) == kVersion5 ? Seen::opening : Seen::other;
  const std::uint8_t code = bytes.u8(1);
  if (bytes.u8(0) != kVersion5 || code < least || code > most || bytes.u8(2) != 0)
    return Seen::other;
  switch (bytes.u8(3)) {
    case 1:
      return bytes.has(4, 4 + 2) ? Seen::all : Seen::opening;
    case 4:
      return bytes.has(4, 16 + 2) ? Seen::all : Seen::opening;
    case 3: {
      const ByteView name = bytes.sub(5, bytes.u8(4));
      if (!bytes.has(5, bytes.u8(4) + 2U)) return Seen::opening;
      return proto::is_host_name(name.text()) ? Seen::all : Seen::other;
    }
    default:
      return Seen::other;
  }
}

//   | VER 1 | ULEN | UNAME | PLEN | PASSWD |      RFC 1929 section 2
// Moves `bytes` behind it.
Seen take_password(ByteView& bytes) {
  const std::size_t user_size = bytes.u8(1);
  const std::size_t password_size = bytes.u8(2 + user_size);
  const ByteView user = bytes.sub(2, user_size);
  if (bytes.size() < 2) return Seen::opening;
  const auto printable = [](std::uint8_t c) { return c >= 32 && c < 127; };
  if (user_size == 0 || !std::all_of(user.begin(), user.end(), printable)) return Seen::other;
  const std::size_t size = 3 + user_size + password_size;
  if (!bytes.has(0, 3 + user_size) || !bytes.has(0, size)) return Seen::opening;
  bytes = bytes.from(size);
  return Seen::all;
}

//   | VER 5 | NMETHODS | METHODS |      RFC 1928 section 3, a password behind it when asked for
Seen read_client_5(ByteView up) {
  constexpr std::uint8_t kMostMethods = 16, kConnect = 1, kUdp = 3;
  const std::uint8_t methods = up.u8(1);
  if (up.size() < 2) return Seen::beginning;
  if (methods == 0 || methods > kMostMethods) return Seen::other;
  const ByteView offered = up.sub(2, methods);
  if (!std::all_of(offered.begin(), offered.end(), is_method)) return Seen::other;
  if (offered.size() < methods) return Seen::beginning;
  ByteView rest = up.from(2U + methods);
  if (rest.u8(0) == 1 && std::count(offered.begin(), offered.end(), kPassword) > 0) {
    const Seen password = take_password(rest);
    if (password != Seen::all || rest.empty()) return password;
  }
  return rest.empty() ? Seen::opening : read_message(rest, kConnect, kUdp);
}

//   | VER 5 | METHOD |      RFC 1928 section 3
//   | VER 1 | STATUS |      RFC 1929 section 2
Seen read_server_5(ByteView down) {
  constexpr std::uint8_t kMostReply = 8;
  if (down.size() < 2) return Seen::beginning;
  const std::uint8_t method = down.u8(1);
  if (!is_method(method) && method != kNoMethod) return Seen::other;
  ByteView rest = down.from(2);
  if (method == kPassword && rest.u8(0) == 1) rest = rest.from(2);
  return rest.empty() ? Seen::opening : read_message(rest, 0, kMostReply);
}

//   | VN 4 | CD | port | address | user id | 0 |      SOCKS 4 (Lee); 4A: address 0.0.0.x, then a
//   name
struct Request4 {
  Seen seen = Seen::other;
  bool named = false;
};

// A field of text up to its NUL, at most 255 bytes; false when it ends otherwise.
bool take_text(ByteView& bytes, ByteView& text) {
  constexpr std::size_t kMost = 255;
  const ByteView head = bytes.first(kMost);
  const auto nul = static_cast<std::size_t>(std::find(head.begin(), head.end(), 0) - head.begin());
  if (nul == head.size()) return false;
  text = head.first(nul);
  bytes = bytes.from(nul + 1);
  return std::all_of(text.begin(), text.end(), [](std::uint8_t c) { return c > 32 && c < 127; });
}

Request4 read_client_4(ByteView up) {
  constexpr std::size_t kFixed = 8;
  const std::uint8_t command = up.u8(1);
  if (up.size() <= kFixed) return {up.size() < 2 || command <= 2 ? Seen::beginning : Seen::other};
  const std::uint32_t address = up.be32(4);
  if (command < 1 || command > 2 || up.be16(2) == 0 || address == 0) return {};
  ByteView rest = up.from(kFixed);
  ByteView user, name;
  if (!take_text(rest, user)) return {};
  const bool named = address < 256;
  if (named && !(take_text(rest, name) && !name.empty() && proto::is_host_name(name.text())))
    return {};
  // A client waits for the answer before it says more.
  return {rest.empty() ? Seen::all : Seen::other, named};
}

//   | VN 0 | CD 90 to 93 | port | address |
bool is_grant_4(ByteView down) {
  constexpr std::uint8_t kGranted = 90, kLast = 93;
  return down.has(0, 8) && down.u8(0) == 0 && down.u8(1) >= kGranted && down.u8(1) <= kLast;
}

Answer certain(Claims& claims, const SignalInfo& signal) {
  claims.add({&signal, Service::tunnel, Role::none, true});
  return Answer::certain;
}

class Socks final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    static_cast<void>(flow);
    constexpr std::size_t kReversed = 16;  // what such a program may say of itself first
    if (!head.from_start) return Answer::not_for_us;
    // Programs that call home from behind a firewall turn the roles round.
    if (head.down.u8(0) == kVersion5 && read_client_5(head.down) == Seen::all)
      return certain(claims, kRequest5);
    if (head.up.u8(0) == kVersion5 || (head.up.empty() && head.down.u8(0) == kVersion5))
      return judge_5(head, claims);
    if (head.up.u8(0) == kVersion4) return judge_4(head, claims);
    return head.up.size() < kReversed ? Answer::unsure : Answer::not_for_us;
  }

 private:
  static Answer judge_5(const StreamHead& head, Claims& claims) {
    const Seen client = head.up.empty() ? Seen::nothing : read_client_5(head.up);
    const Seen server = head.down.empty()              ? Seen::nothing
                        : head.down.u8(0) == kVersion5 ? read_server_5(head.down)
                                                       : Seen::other;
    if (client == Seen::other || server == Seen::other) return Answer::not_for_us;
    if (client == Seen::all) return certain(claims, kRequest5);
    if (server == Seen::all) return certain(claims, kReply5);
    const bool chosen = client == Seen::opening && server == Seen::opening;
    return chosen ? certain(claims, kBoth5) : Answer::unsure;
  }

  static Answer judge_4(const StreamHead& head, Claims& claims) {
    const Request4 request = read_client_4(head.up);
    if (request.seen == Seen::beginning) return Answer::unsure;
    if (request.seen == Seen::all && request.named) return certain(claims, kName4);
    if (request.seen == Seen::all && head.down.empty()) return Answer::unsure;
    const bool granted = request.seen == Seen::all && is_grant_4(head.down);
    return granted ? certain(claims, kRequest4) : Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Socks classifier;
  return classifier;
}

}  // namespace deadair::classifiers::socks
