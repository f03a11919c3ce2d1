// kube-network-policies' own judgement, asked packet by packet.
//
// A line of standard input is a world and its packets as JSON, a line of standard output the answer: a digit a packet, 1 where
// it may pass. Objects are put into the informers' stores, as if they had just been listed; nothing is started.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	_ "unsafe"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
	adminfake "sigs.k8s.io/network-policy-api/pkg/client/clientset/versioned/fake"
	admininformers "sigs.k8s.io/network-policy-api/pkg/client/informers/externalversions"
)

// enginePacket has the layout of the engine's own type, which isn't exported.
type enginePacket struct {
	id               uint32
	family           corev1.IPFamily
	source, target   net.IP
	protocol         corev1.Protocol
	sourcePort, port int
	payload          []byte
}

//go:linkname evaluatePacket sigs.k8s.io/kube-network-policies/pkg/networkpolicy.(*Controller).evaluatePacket
func evaluatePacket(controller *networkpolicy.Controller, ctx context.Context, packet enginePacket) bool

type askedPacket struct {
	Source, Target, Protocol string
	Port                     int
}

type askedWorld struct {
	Pods       []*corev1.Pod
	Namespaces []*corev1.Namespace
	Policies   []*networkingv1.NetworkPolicy
	Packets    []askedPacket
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<28)
	for lines.Scan() {
		answer, err := judge(lines.Bytes())
		if err != nil {
			answer = "error: " + err.Error()
		}
		fmt.Println(answer)
	}
}

func judge(line []byte) (string, error) {
	var world askedWorld
	if err := json.Unmarshal(line, &world); err != nil {
		return "", err
	}
	controller, err := engine(world)
	if err != nil {
		return "", err
	}
	digits := make([]byte, len(world.Packets))
	for at, packet := range world.Packets {
		digits[at] = '0'
		if evaluatePacket(controller, context.Background(), packet.asEngineHasIt()) {
			digits[at] = '1'
		}
	}
	return string(digits), nil
}

// engine gives a controller that knows the world's objects.
func engine(world askedWorld) (*networkpolicy.Controller, error) {
	client, adminClient := fake.NewClientset(), adminfake.NewSimpleClientset()
	core, admin := informers.NewSharedInformerFactory(client, 0), admininformers.NewSharedInformerFactory(adminClient, 0)
	pods, namespaces, policies := core.Core().V1().Pods(), core.Core().V1().Namespaces(), core.Networking().V1().NetworkPolicies()
	controller, err := networkpolicy.NewController(client, policies, namespaces, pods, core.Core().V1().Nodes(), adminClient,
		admin.Policy().V1alpha1().AdminNetworkPolicies(), admin.Policy().V1alpha1().BaselineAdminNetworkPolicies(),
		networkpolicy.Config{NodeName: "none", NRIdisabled: true})
	if err != nil {
		return nil, err
	}
	store(pods.Informer().GetIndexer(), world.Pods)
	store(namespaces.Informer().GetIndexer(), world.Namespaces)
	store(policies.Informer().GetIndexer(), world.Policies)
	return controller, nil
}

func store[T any](indexer cache.Indexer, objects []T) {
	for _, object := range objects {
		_ = indexer.Add(object)
	}
}

func (packet askedPacket) asEngineHasIt() enginePacket {
	source, family := net.ParseIP(packet.Source), corev1.IPv4Protocol
	if source.To4() == nil {
		family = corev1.IPv6Protocol
	}
	return enginePacket{
		family: family, source: source, target: net.ParseIP(packet.Target),
		protocol: corev1.Protocol(packet.Protocol), sourcePort: 40000, port: packet.Port,
	}
}
