// Keeps SIP call attempts, their indices and their order of departure.
#include "call/sip_dialogs.hpp"

#include <algorithm>

namespace deadair::call {
namespace {

using proto::sip::Method;

constexpr unsigned kNumberBits = 24;  // of an entry, in a SipCall

bool first_invite(const SipEvent& event) {
  return event.method == Method::invite && event.to_tag == 0;
}

// Whether an announcement names its socket surely enough to join calls by: a private address, said
// by somebody else, may be that of another network.
bool joins(const SipSocket& socket) {
  return !socket.guessed && (socket.from_itself || !is_private(socket.at.ip));
}

// Whether the owner itself announced that port: then what a server passes on needs no guess.
bool known_at_home(const SipDialog& dialog, std::uint16_t port) {
  const auto media = dialog.media();
  return std::any_of(media.begin(), media.end(), [&](const SipSocket& known) {
    return known.from_itself && known.at.port == port;
  });
}

// Whether a call first seen at `ts_ns`, from `caller` to `callee`, may be the next leg of this one:
// begun while it was being set up, by the server it went to. Calls that merely share a socket, as
// those of load generators do, have an end in common.
bool leads_to(const SipDialog& dialog, std::int64_t ts_ns, const SocketAddress& caller,
              const SocketAddress& callee) {
  const bool set_up = dialog.first_ns <= ts_ns && dialog.end_ns() == SipDialog::kNever &&
                      !dialog.midway &&
                      (dialog.answer_ns == SipDialog::kNever || dialog.answer_ns >= ts_ns) &&
                      ts_ns - dialog.first_ns <= SipDialog::kTimerCNs;
  const bool apart = caller.ip != dialog.caller.ip && callee.ip != dialog.callee.ip;
  return set_up && (caller == dialog.callee || apart);
}

}  // namespace

SipDialogs::SipDialogs(std::uint64_t seed, std::uint32_t capacity)
    : seed_(seed), capacity_(capacity) {}

std::uint32_t SipDialogs::entry_of(SipCall call) const {
  const auto entry = static_cast<std::uint32_t>(call & ((1U << kNumberBits) - 1));
  return call != 0 && entry < known_.size() && known_[entry] == call ? entry : kNoNode;
}

std::uint32_t SipDialogs::entry_of_leg(std::uint64_t call_id) const {
  unsigned walked = 0;
  for (std::uint32_t node = legs_.first(hash(call_id)); node != kNoNode && walked < kMostWalked;
       node = legs_.next(node), ++walked) {
    const std::uint32_t entry = node / SipDialog::kMostLegs;
    if (entries_[entry].dialog.legs[node % SipDialog::kMostLegs] == call_id) return entry;
  }
  return kNoNode;
}

template <class Accept>
std::uint32_t SipDialogs::entry_of_socket(const SocketAddress& at, Accept accept) const {
  unsigned walked = 0;
  for (std::uint32_t node = sockets_.first(hash(at)); node != kNoNode && walked < kMostWalked;
       node = sockets_.next(node), ++walked) {
    const std::uint32_t entry = node / SipDialog::kMostSockets;
    const SipDialog& dialog = entries_[entry].dialog;
    const SipSocket& socket = dialog.sockets[node % SipDialog::kMostSockets];
    if (socket.at == at && accept(entry, dialog, socket)) return entry;
  }
  return kNoNode;
}

// An address somebody announced outright counts before one that was guessed.
std::uint32_t SipDialogs::covering(const SocketAddress& at, std::int64_t ts_ns) const {
  for (const bool guessed : {false, true}) {
    const std::uint32_t entry =
        entry_of_socket(at, [&](std::uint32_t, const SipDialog& dialog, const SipSocket& socket) {
          return socket.guessed == guessed && dialog.covers(ts_ns);
        });
    if (entry != kNoNode) return entry;
  }
  return kNoNode;
}

const SipDialog* SipDialogs::find(SipCall call) const {
  const std::uint32_t entry = entry_of(call);
  return entry == kNoNode ? nullptr : &entries_[entry].dialog;
}

const SipDialog* SipDialogs::by_call_id(std::uint64_t call_id) const {
  const std::uint32_t entry = entry_of_leg(call_id);
  return entry == kNoNode ? nullptr : &entries_[entry].dialog;
}

const SipDialog* SipDialogs::by_media(const SocketAddress& at, std::int64_t ts_ns) const {
  std::uint32_t entry = covering(at, ts_ns);
  if (entry == kNoNode && at.port % 2 == 1)
    entry = covering({at.ip, static_cast<std::uint16_t>(at.port - 1)}, ts_ns);
  return entry == kNoNode ? nullptr : &entries_[entry].dialog;
}

SipCall SipDialogs::note(const SipEvent& event) {
  std::uint32_t entry = entry_of_leg(event.call_id);
  if (entry != kNoNode && entries_[entry].dialog.succeeded_by(event)) entry = kNoNode;
  if (entry == kNoNode) {
    if (!SipDialog::begins(event)) return 0;
    const std::uint32_t older = first_invite(event) ? other_leg(event, kNoNode) : kNoNode;
    if (older == kNoNode)
      entry = begin(event);
    else
      add_leg(entry = older, event.call_id);
  }
  SipDialog& dialog = entries_[entry].dialog;
  if (dialog.legs[0] == event.call_id)
    dialog.take(event);
  else
    dialog.take_other_leg(event);
  add_sockets(entry, event);
  entry = join(entry, event);
  queue_again(entry);
  return entries_[entry].dialog.id;
}

template <class Accept>
std::uint32_t SipDialogs::announcer_of(const SipEvent& event, Accept accept) const {
  for (const SipSocket& announced : std::span(event.media).first(event.media_count)) {
    if (announced.guessed) continue;
    const std::uint32_t entry = entry_of_socket(
        announced.at, [&](std::uint32_t at, const SipDialog& dialog, const SipSocket& socket) {
          return (joins(socket) || joins(announced)) && !socket.guessed && accept(at, dialog);
        });
    if (entry != kNoNode) return entry;
  }
  return kNoNode;
}

// The attempt whose set-up led to a call of another Call-ID: both announce one socket. `entry` is
// that call's; kNoNode when the message would begin it.
std::uint32_t SipDialogs::other_leg(const SipEvent& event, std::uint32_t entry) const {
  const SipDialog* leg = entry == kNoNode ? nullptr : &entries_[entry].dialog;
  const std::int64_t since = leg == nullptr ? event.ts_ns : leg->first_ns;
  const SocketAddress& caller = leg == nullptr ? event.source : leg->caller;
  const SocketAddress& callee = leg == nullptr ? event.destination : leg->callee;
  return announcer_of(event, [&](std::uint32_t other, const SipDialog& dialog) {
    return other != entry && dialog.leg_count < SipDialog::kMostLegs &&
           leads_to(dialog, since, caller, callee);
  });
}

// Two attempts that turn out to be legs of one call become one: the younger goes into the older.
std::uint32_t SipDialogs::join(std::uint32_t entry, const SipEvent& event) {
  const SipDialog& dialog = entries_[entry].dialog;
  if (event.media_count == 0 || dialog.leg_count != 1) return entry;
  const std::uint32_t older = other_leg(event, entry);
  if (older != kNoNode) {
    absorb(older, entry);
    return older;
  }
  const std::uint32_t younger = announcer_of(event, [&](std::uint32_t other, const SipDialog& leg) {
    return other != entry && leg.leg_count == 1 &&
           leads_to(dialog, leg.first_ns, leg.caller, leg.callee);
  });
  if (younger != kNoNode) absorb(entry, younger);
  return entry;
}

void SipDialogs::absorb(std::uint32_t older, std::uint32_t younger) {
  const SipDialog leg = entries_[younger].dialog;
  remove(younger);
  SipDialog& dialog = entries_[older].dialog;
  dialog.leg_calls[dialog.leg_count] = leg.id;
  add_leg(older, leg.legs[0]);
  for (const SipSocket& socket : leg.media()) add_socket(older, socket);
  dialog.last_ns = std::max(dialog.last_ns, leg.last_ns);
  const auto first = [](std::int64_t& time, std::int64_t other) {
    if (time == SipDialog::kNever || (other != SipDialog::kNever && other < time)) time = other;
  };
  first(dialog.ringing_ns, leg.ringing_ns);
  first(dialog.answer_ns, leg.answer_ns);
}

std::uint32_t SipDialogs::begin(const SipEvent& event) {
  if (entries_.live() >= capacity_) make_room();
  const std::uint32_t entry = entries_.take();
  if (entry >= known_.size()) known_.resize(std::size_t{entry} + 1);
  known_[entry] = entries_[entry].dialog.id = ++begun_ << kNumberBits | entry;
  add_leg(entry, event.call_id);
  alive_.push(entry);
  return entry;
}

void SipDialogs::add_leg(std::uint32_t entry, std::uint64_t call_id) {
  SipDialog& dialog = entries_[entry].dialog;
  legs_.add(hash(call_id), leg_node(entry, dialog.leg_count));
  dialog.legs[dialog.leg_count++] = call_id;
}

void SipDialogs::add_sockets(std::uint32_t entry, const SipEvent& event) {
  const SipDialog& dialog = entries_[entry].dialog;
  const bool by_caller = event.call_id == dialog.legs[0] ? dialog.sent_by_caller(event)
                                                         : event.method == Method::invite;
  for (SipSocket socket : std::span(event.media).first(event.media_count)) {
    socket.by_caller = by_caller;
    if (!socket.guessed || !known_at_home(dialog, socket.at.port)) add_socket(entry, socket);
  }
}

void SipDialogs::add_socket(std::uint32_t entry, const SipSocket& socket) {
  SipDialog& dialog = entries_[entry].dialog;
  for (SipSocket& known : std::span(dialog.sockets).first(dialog.socket_count)) {
    if (known.at != socket.at) continue;
    known.kinds |= socket.kinds;
    known.direction = socket.direction;
    known.from_itself |= socket.from_itself;
    known.guessed &= socket.guessed;
    return;
  }
  std::size_t place = dialog.socket_count;
  if (place == SipDialog::kMostSockets) {  // both sides' first ones stay, the rest take turns
    place = 2 + dialog.replaced++ % (SipDialog::kMostSockets - 2);
    sockets_.remove(hash(dialog.sockets[place].at), socket_node(entry, place));
  } else {
    ++dialog.socket_count;
  }
  dialog.sockets[place] = socket;
  sockets_.add(hash(socket.at), socket_node(entry, place));
}

void SipDialogs::touch(SipCall call, std::int64_t ts_ns) {
  const std::uint32_t entry = entry_of(call);
  if (entry == kNoNode || entries_[entry].over) return;
  SipDialog& dialog = entries_[entry].dialog;
  dialog.last_ns = std::max(dialog.last_ns, ts_ns);
  queue_again(entry);
}

void SipDialogs::queue_again(std::uint32_t entry) {
  Entry& at = entries_[entry];
  const bool over = at.dialog.over();
  if (over && at.over) return;
  (at.over ? over_ : alive_).remove(entry);
  at.over = over;
  (over ? over_ : alive_).push(entry);
}

void SipDialogs::make_room() {
  const std::uint32_t entry = over_.front() != kNoNode ? over_.front() : alive_.front();
  if (evicted_.size() < kMostEvicted)
    evicted_.push_back(entries_[entry].dialog);
  else
    ++lost_;
  remove(entry);
}

void SipDialogs::remove(std::uint32_t entry) {
  const Entry& at = entries_[entry];
  for (std::size_t i = 0; i < at.dialog.leg_count; ++i)
    legs_.remove(hash(at.dialog.legs[i]), leg_node(entry, i));
  for (std::size_t i = 0; i < at.dialog.socket_count; ++i)
    sockets_.remove(hash(at.dialog.sockets[i].at), socket_node(entry, i));
  (at.over ? over_ : alive_).remove(entry);
  known_[entry] = 0;
  entries_.give_back(entry);
}

void SipDialogs::expire(std::int64_t now_ns, std::vector<SipDialog>& ended) {
  ended.insert(ended.end(), evicted_.begin(), evicted_.end());
  evicted_.clear();
  for (NumberQueue* queue : {&over_, &alive_}) {
    for (std::uint32_t entry = queue->front();
         entry != kNoNode && entries_[entry].dialog.deadline_ns() < now_ns;
         entry = queue->front()) {
      ended.push_back(entries_[entry].dialog);
      remove(entry);
    }
  }
}

void SipDialogs::finish(std::vector<SipDialog>& ended) {
  const auto from = static_cast<std::ptrdiff_t>(ended.size());
  ended.insert(ended.end(), evicted_.begin(), evicted_.end());
  evicted_.clear();
  for (NumberQueue* queue : {&over_, &alive_}) {
    while (queue->front() != kNoNode) {
      const std::uint32_t entry = queue->front();
      ended.push_back(entries_[entry].dialog);
      remove(entry);
    }
  }
  std::sort(ended.begin() + from, ended.end(), [](const SipDialog& left, const SipDialog& right) {
    return left.frame_first < right.frame_first;
  });
}

}  // namespace deadair::call
