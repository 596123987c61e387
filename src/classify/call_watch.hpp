// Where the engine tells of flows that may belong to a call, while they go on.
#pragma once

#include <cstdint>
#include <string_view>

#include "bytes/ip_address.hpp"
#include "flow/chat_track.hpp"
#include "flow/key.hpp"
#include "proto/dns.hpp"
#include "wire/packet.hpp"

namespace deadair::classify {

class CallWatch {
 public:
  // The flow shows set-up or media of a call. `ts_ns` is its first packet's.
  virtual void may_be_call(const flow::FlowKey& key, std::int64_t ts_ns) = 0;
  // The flow's checks between peers are of this ICE session; told once, after may_be_call().
  virtual void ice_session(std::uint64_t session) = 0;
  // A datagram of a flow that is certainly the signalling of calls.
  virtual void signalling(const wire::Packet& packet) = 0;
  // A DNS message over UDP; `app` is whose name it asks for, empty for nobody's.
  virtual void dns(const wire::Packet& packet, const proto::dns::Message& message,
                   std::string_view app) = 0;
  // A text flow of an application (its index in all_classifiers()) has become known; `track` goes
  // on counting until chat_ends() is told the number given back.
  virtual std::uint64_t chat_begins(const IpAddress& client, std::uint32_t classifier,
                                    const flow::ChatTrack& track, std::int64_t ts_ns) = 0;
  virtual void chat_ends(std::uint64_t number, std::int64_t ts_ns) = 0;

 protected:
  ~CallWatch() = default;
};

}  // namespace deadair::classify
