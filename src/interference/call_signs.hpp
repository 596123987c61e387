// The conditions of the families DROP and MEDIA on one attempt at a call: is it there, and in which
// packets?
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "interference/call_story.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::interference {

// What one attempt shows of one family.
struct CallSign {
  const CallStory* story = nullptr;
  std::size_t relays = 0;  // that show it
  std::string shown;       // in words
  std::vector<wire::FrameRef> frames;
  std::optional<double> after_packets;  // received media before it set in
  std::optional<double> after_ms;       // since the first of it
  // Checks between the same two sockets were answered all the while.
  bool pair_answered = false;
  // Whoever is not heard may have fallen silent on purpose; or why not, in words.
  bool may_be_silent = false;
  std::string_view must_send;
  // Nothing shows that the path was open later than at first.
  bool path_unseen = false;
  // Too little for more than `observed`.
  bool is_faint = false;
  // Nothing of the other end came any more: its own network, or application, may have gone.
  bool callee_gone = false;
  // What it passed before was no media, but what applications send at a pace and number of their
  // own.
  bool never_heard = false;
  // While it went unanswered nothing at all came: the line itself may have been dead.
  bool line_unseen = false;
};

// All of these are empty when the gates of the attempt do not let them be seen, and none counts
// checks of peers that nobody answered: most candidates of good calls are never answered.

// Relays asked three times and more, none of which answered anything for 8 s.
std::optional<CallSign> silent_relays(const CallStory& story);
// Three relays and more silent like that, while others answered, in a call that came to nothing:
// the callee may not have taken it, and relays of one place may be down.
std::optional<CallSign> some_silent_relays(const CallStory& story);
// Relays that demanded credentials and never answered those who gave them, for 8 s.
std::optional<CallSign> silent_allocates(const CallStory& story);
// The server itself refuses: 403, 437, 486, 508 and whatever of 500 and above. Exculpatory.
std::optional<CallSign> refused_allocates(const CallStory& story);
// For 15 s no pair came about though relays gave addresses and the peer asked as well.
std::optional<CallSign> no_pair(const CallStory& story);
// Checks pass, three ClientHellos and more of DTLS have no answer.
std::optional<CallSign> silent_keys(const CallStory& story);
// Media each way by a pair that 20 packets and more passed each way, then for seconds none of one
// side; the other's went on. Likewise where the pair falls silent before the other end was heard.
std::optional<CallSign> media_cut(const CallStory& story);
// Media of one side passes, and answers of both, at least as it begins. A side whose sender reports
// pass sends media, too.
std::optional<CallSign> nothing_heard(const CallStory& story);
// Theirs comes in, and they say, or their silence to checks does, that ours does not arrive.
std::optional<CallSign> not_heard(const CallStory& story);
// No relay answered over UDP, media went over TCP.
std::optional<CallSign> tcp_instead(const CallStory& story);

// The network that a relay or peer lies in: 16 bits of IPv4, 32 of IPv6.
IpAddress network_of(const IpAddress& address);
// The other ends lie in different networks, as far as peers show them: what stopped both is not one
// callee's network.
bool have_other_callees(const CallStory& one, const CallStory& other);
// Its media comes in, and the client sends none though the capture would show it: a microphone that
// is off or not permitted, an application that sends nothing of silence.
bool sends_nothing(const CallStory& story);
// It was cut, and the end that stopped is the client, beside which the capture was made: muted, or
// an application that was put aside.
bool fell_silent_itself(const CallStory& story);
// Of one side's media three of four packets never came: nobody can be understood like that.
bool hardly_heard(const CallStory& story);
// The application sends from an address that never got anything, while others in the capture do.
bool source_is_dead(const CallStory& story);
// Nothing came back over UDP from beyond the LAN, whatever was asked, while TCP works.
bool udp_is_dead(const CallStory& story);

}  // namespace deadair::interference
