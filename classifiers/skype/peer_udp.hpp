// Recognises the UDP of peer-to-peer Skype, by what one datagram and those before it show together.
#pragma once

#include "classify/classifier.hpp"

namespace deadair::classifiers::skype {

// A sign and how sure it makes; no signal when there is none.
struct PeerSign {
  const classify::SignalInfo* signal = nullptr;
  bool certain = false;
  bool call = false;
};

// While there were clients that spoke to each other without Microsoft's servers.
bool is_peer_to_peer_era(std::int64_t ts_ns);

// False when the datagram cannot be one, whatever came before it.
bool may_be_peer_udp(const classify::Datagram& datagram);

// What the datagram adds to those before it on the flow.
PeerSign read_peer_udp(const classify::FlowFacts& flow, const classify::Datagram& datagram);

// True at the addresses and ports where Microsoft ran supernodes for Skype (2012 to 2017).
bool is_supernode(const IpAddress& host, std::uint16_t port);

// Media of peer-to-peer Skype: encrypted behind three bytes of header.
bool unframe_peer_media(ByteView payload, std::size_t wire_len, classify::Media& out);

}  // namespace deadair::classifiers::skype
