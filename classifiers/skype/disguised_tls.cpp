// Compares the head of a stream with the hellos that Skype imitates.
#include "skype/disguised_tls.hpp"

#include "proto/tls.hpp"
#include "skype/signatures.hpp"

namespace deadair::classifiers::skype {
namespace {

using classify::Direction;
using classify::StreamHead;

// True when the view is the beginning of `whole`, or goes on behind it.
bool agrees(ByteView view, ByteView whole) {
  return view.starts_with(whole.first(view.size()).span());
}

// A record whose content starts with the constant.
bool has_constant(ByteView record) {
  constexpr std::size_t kRecordHeader = 5;
  return record.starts_with(kFakeRecord) && record.from(kRecordHeader).starts_with(kFakeConstant);
}

// What follows a hello in SSL 2.0 form: a record of TLS, or of SSL 2.0, whose length has its first
// bit set. Skype goes on with bytes that look random.
bool is_ssl(ByteView rest) { return rest.u8(0) >= 0x80 || proto::tls::looks_like_tls(rest); }

Disguise read_up(ByteView up, bool from_start) {
  const ByteView hello = ByteView(kFakeHello);
  if (has_constant(up) || (up.starts_with(kFakeHello) && has_constant(up.from(hello.size()))))
    return {&kFakeTls, true};
  if (!from_start) return {};
  if (up.starts_with(kFakeHello)) return {&kFakeTlsStart, false, true};
  if (up.starts_with(kSsl2Hello) && up.size() > kSsl2HelloSize && !is_ssl(up.from(kSsl2HelloSize)))
    return {&kSsl2Start, false, true};
  return {nullptr, false, agrees(up, hello) || agrees(up, ByteView(kSsl2Hello))};
}

Disguise read_down(ByteView down, bool from_start) {
  if (down.starts_with(kServerHello)) return {&kServerHelloConstant, true};
  if (down.starts_with(kFakeAnswer)) return {&kFakeAnswered, from_start, true};
  return {nullptr, false,
          agrees(down, ByteView(kServerHello)) || agrees(down, ByteView(kFakeAnswer))};
}

}  // namespace

Disguise read_disguise(const StreamHead& head) {
  const bool grew_up = head.grew == Direction::up;
  const Disguise up = read_up(head.up, !grew_up || head.from_start);
  const Disguise down = read_down(head.down, grew_up || head.from_start);
  // Each half is odd by itself; both are no accident.
  if (up.signal == &kFakeTlsStart && down.signal == &kFakeAnswered) return {&kFakeTls, true};
  if (up.certain || down.certain) return up.certain ? up : down;
  Disguise weak = up.signal != nullptr ? up : down;
  weak.may_follow = up.may_follow || down.may_follow;
  return weak;
}

}  // namespace deadair::classifiers::skype
