// Names that come from libpcap: of link types, and its own.
#include "capture/link_name.hpp"

#include <pcap/pcap.h>

#include "capture/link_type.hpp"
#include "capture/open.hpp"

namespace deadair::capture {

std::string link_type_name(wire::LinkType link) {
  const char* name = pcap_datalink_val_to_name(to_dlt(link));
  return name != nullptr ? std::string(name) : "LINKTYPE_" + std::to_string(link);
}

std::string libpcap_version() { return pcap_lib_version(); }

}  // namespace deadair::capture
