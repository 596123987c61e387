// One function a capture; each says how many flows it wrote.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pcap_writer.hpp"

namespace deadair::bench {

// `calls` calls through relays (STUN, then RTP both ways every 20 ms, STUN again every 500 packets)
// until `seconds`, and as many TCP chats.
std::uint64_t write_voip(PcapWriter& writer, std::uint32_t calls, std::uint32_t seconds);

// `flows` short flows begun evenly over 60 s, whatever their number: 40 % are a SYN without answer,
// 30 % SYN, SYN-ACK, RST, and 30 % a DNS query with its answer. At most 4194304 flows.
std::uint64_t write_many(PcapWriter& writer, std::uint32_t flows);

// Eight downloads of 1448-byte segments with an ACK for every second one, until the file has
// `megabytes` (10^6 bytes).
std::uint64_t write_bulk(PcapWriter& writer, std::uint32_t megabytes);

// `packets` RTP packets of 72 bytes within 10 s, each of one of `flows` flows at random.
std::uint64_t write_conc(PcapWriter& writer, std::uint32_t flows, std::uint32_t packets);

// The Ethernet captures below `folders`, as often as makes about `packets` packets, each time with
// other clients. How many flows that makes is not known: returns 0. Throws std::runtime_error when
// there are none.
std::uint64_t write_mix(PcapWriter& writer, std::uint32_t packets,
                        const std::vector<std::string>& folders);

}  // namespace deadair::bench
