// Names come from libpcap.
#include "capture/link_name.hpp"

#include <pcap/pcap.h>

#include "capture/link_type.hpp"

namespace deadair::capture {

std::string link_type_name(wire::LinkType link) {
  const char* name = pcap_datalink_val_to_name(to_dlt(link));
  return name != nullptr ? std::string(name) : "LINKTYPE_" + std::to_string(link);
}

}  // namespace deadair::capture
