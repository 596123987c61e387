// What is kept of a flow with payload while, and after, it is looked into.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "classify/classifier.hpp"
#include "classify/rule_index.hpp"
#include "classify/witness.hpp"
#include "flow/record.hpp"
#include "flow/slab.hpp"

namespace deadair::classify {

enum class NameSource : std::uint8_t { none, tls, http, quic };

// The first datagrams of an open UDP flow, for signatures that only several of them show.
struct History {
  std::array<Glimpse, kMostGlimpses> glimpses;
  std::uint8_t count = 0;
  flow::Side client = flow::Side::a;  // by which the directions were told

  // Turns the directions round when another side has become the client.
  void align(flow::Side client_now);
  // Keeps the datagram while there is room.
  void add(const Datagram& datagram);
  [[nodiscard]] std::span<const Glimpse> seen() const { return {glimpses.data(), count}; }
};

// A claim with its author and the packet that brought it.
struct HeldClaim {
  const SignalInfo* signal = nullptr;
  std::string_view app;
  wire::FrameRef frame;
  std::uint32_t classifier = 0;
  Service service = Service::other;
  Role role = Role::none;
  bool certain = false;
};

struct Dossier {
  static constexpr std::size_t kMostClaims = 6;

  std::uint64_t open = 0;  // bit i: classifier i still wants to see packets
  Witness::Testimony testimony = nullptr;
  std::array<std::uint32_t, 2> heads = {flow::kNone,
                                        flow::kNone};  // by side: StreamHead of a TCP flow
  std::uint32_t history = flow::kNone;                 // History of a UDP flow
  std::uint32_t hello = flow::kNone;                   // HelloAssembler of a QUIC flow
  std::uint32_t setup = flow::kNone;                   // SetupTrack of a flow that may be a call's
  std::uint32_t chat = flow::kNone;                    // Chat of an application's text
  std::array<std::uint32_t, 2> first_seq{};            // where each stream begins
  std::array<bool, 2> from_start = {true, true};       // that byte is known to be its first
  // While the inspection is open: its flow, and its neighbours by age.
  flow::FlowRecord* record = nullptr;
  std::uint32_t older = flow::kNone;
  std::uint32_t newer = flow::kNone;
  std::uint32_t packets = 0;  // with payload, both directions
  std::uint8_t claim_count = 0;
  std::uint8_t media_shown = 0;    // datagrams of flowing RTP shown to classifiers
  std::uint8_t between_media = 0;  // shown since inspection ended, between packets of media
  bool near_operator : 1 = false;  // an end lies in the network of some application's operator
  bool bytes_done : 1 = false;
  bool name_done : 1 = false;
  bool witness_done : 1 = false;
  bool ech : 1 = false;
  bool web : 1 = false;  // TLS, HTTP or QUIC, whoever it belongs to
  bool has_call : 1 = false;
  bool signals_calls : 1 = false;  // its datagrams are shown to the CallWatch
  NameSource name_source = NameSource::none;
  std::uint16_t hello_len = 0;  // bytes of the client's first TLS record
  Unframe unframe = nullptr;    // how media lies in datagrams, when the record says `framed`
  // Made with the first one: most flows have none.
  std::unique_ptr<std::array<HeldClaim, kMostClaims>> claims;
  NameMatch certified;  // whose server the certificate names, when nothing better is known
  wire::FrameRef certificate_frame;
  wire::FrameRef host_frame;
  wire::FrameRef dns_frame;
  std::string host;      // SNI or Host
  std::string dns_name;  // what the client had asked for when it got this address

  // Adds a claim, once per signal and application. False when there is no room or it is known.
  bool hold(const HeldClaim& claim);
  // A signature of some application's own was seen.
  [[nodiscard]] bool proved() const;
  // Nothing here is worth keeping once inspection is over.
  [[nodiscard]] bool barren() const {
    return claim_count == 0 && host.empty() && dns_name.empty() && !ech && !web &&
           certified.rule == nullptr && setup == flow::kNone && chat == flow::kNone;
  }
};

}  // namespace deadair::classify
