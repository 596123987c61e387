// libpcap compiles the expression and runs the program.
#include "capture/bpf_filter.hpp"

#include <utility>

#include <fmt/format.h>
#include <pcap/pcap.h>

#include "bytes/error.hpp"
#include "capture/file_reader.hpp"
#include "capture/link_type.hpp"

namespace deadair::capture {
namespace {

std::string describe(wire::LinkType link) {
  const char* name = pcap_datalink_val_to_name(to_dlt(link));
  return name != nullptr ? fmt::format("{} ({})", link, name) : fmt::format("{}", link);
}

}  // namespace

class BpfFilter::Program {
 public:
  Program(wire::LinkType link, const std::string& expression) : link_(link) {
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> dead(
        pcap_open_dead(to_dlt(link), static_cast<int>(kMaxPacketBytes)), &pcap_close);
    if (!dead) throw Error("filter: out of memory");
    if (pcap_compile(dead.get(), &program_, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
      throw Error(fmt::format("filter '{}': {} (on link type {})", expression,
                              pcap_geterr(dead.get()), describe(link)));
  }
  ~Program() { pcap_freecode(&program_); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] wire::LinkType link() const { return link_; }
  [[nodiscard]] bool matches(const wire::RawPacket& packet) const {
    pcap_pkthdr header{};
    header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
    header.len = packet.wire_len;
    return pcap_offline_filter(&program_, &header, packet.bytes.data()) != 0;
  }

 private:
  wire::LinkType link_;
  bpf_program program_{};
};

BpfFilter::BpfFilter(std::string expression) : expression_(std::move(expression)) {}
BpfFilter::~BpfFilter() = default;

void BpfFilter::prepare(wire::LinkType link) {
  for (const auto& program : programs_) {
    current_ = program.get();
    if (current_->link() == link) return;
  }
  programs_.push_back(std::make_unique<Program>(link, expression_));
  current_ = programs_.back().get();
}

std::size_t BpfFilter::keep(std::span<wire::RawPacket> packets) {
  std::size_t kept = 0;
  for (const wire::RawPacket& packet : packets) {
    if (current_ == nullptr || current_->link() != packet.link) prepare(packet.link);
    if (current_->matches(packet)) packets[kept++] = packet;
  }
  return kept;
}

}  // namespace deadair::capture
