// Keeps the packets that match a pcap-filter(7) expression.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "wire/raw_packet.hpp"

namespace deadair::capture {

// An expression means different bytes on each link type, so there is one program for each, compiled
// when the first packet of that type comes.
class BpfFilter {
 public:
  explicit BpfFilter(std::string expression);
  ~BpfFilter();
  BpfFilter(const BpfFilter&) = delete;
  BpfFilter& operator=(const BpfFilter&) = delete;

  // Moves the matching packets to the front, in order, and returns how many there are. Throws Error
  // as prepare() does.
  std::size_t keep(std::span<wire::RawPacket> packets);

  // Compiles for a link type. Throws Error when the expression is not valid, or not on this link
  // type, or when libpcap cannot filter it at all.
  void prepare(wire::LinkType link);

 private:
  class Program;

  std::string expression_;
  std::vector<std::unique_ptr<Program>> programs_;
  Program* current_ = nullptr;  // of the packet before
};

}  // namespace deadair::capture
