// Counts the packets and bytes of a capture with libpcap and does nothing else: the floor of any
// reader.
#include <cstdint>
#include <cstdio>

#include <pcap/pcap.h>

namespace {

struct Totals {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

Totals totals;

void count(u_char* /*user*/, const pcap_pkthdr* header, const u_char* /*data*/) {
  totals.packets++;
  totals.bytes += header->len;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 2) {
    std::fputs("usage: pcap_count FILE\n", stderr);
    return 2;
  }
  char error[PCAP_ERRBUF_SIZE];
  pcap_t* pcap = pcap_open_offline(arguments[1], error);
  if (pcap == nullptr) {
    std::fprintf(stderr, "pcap_count: %s\n", error);
    return 2;
  }
  const int result = pcap_loop(pcap, -1, count, nullptr);
  std::printf("packets=%llu bytes=%llu\n", static_cast<unsigned long long>(totals.packets),
              static_cast<unsigned long long>(totals.bytes));
  pcap_close(pcap);
  return result == 0 ? 0 : 2;
}
