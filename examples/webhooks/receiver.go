// Receives webhooks of Call Ledger in Go 1.20 or newer, without packages of others.
// WEBHOOK_SECRET=whsec_… PORT=8080 go run receiver.go
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const toleranceSeconds = 300

type change struct {
	Event  string          `json:"event"`
	CallID string          `json:"callId"`
	Call   json.RawMessage `json:"call"`
}

type message struct {
	Type string `json:"type"`
	Data struct {
		Changes []change `json:"changes"`
		Cursor  string   `json:"cursor"`
	} `json:"data"`
}

// isGenuine says whether the request comes from the ledger, and is not an old one that somebody sends again.
func isGenuine(secret []byte, header http.Header, body []byte) bool {
	timestamp, err := strconv.ParseInt(header.Get("webhook-timestamp"), 10, 64)
	age := time.Now().Unix() - timestamp
	if err != nil || age > toleranceSeconds || age < -toleranceSeconds {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%d.", header.Get("webhook-id"), timestamp)
	mac.Write(body)
	expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, given := range strings.Split(header.Get("webhook-signature"), " ") {
		if hmac.Equal([]byte(expected), []byte(given)) {
			return true
		}
	}
	return false
}

func main() {
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("WEBHOOK_SECRET"), "whsec_"))
	if err != nil {
		panic(err)
	}
	// In place of your database: store a call under its callId, and delete what was erased.
	calls := map[string]json.RawMessage{}
	// The ledger sends one request at a time, so there is no lock.
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		var received message
		if err != nil || !isGenuine(secret, request.Header, body) || json.Unmarshal(body, &received) != nil {
			response.WriteHeader(http.StatusUnauthorized)
			return
		}
		for _, one := range received.Data.Changes {
			if one.Call == nil {
				delete(calls, one.CallID)
			} else {
				calls[one.CallID] = one.Call
			}
		}
		ids := []string{}
		for id := range calls {
			ids = append(ids, id)
		}
		line, _ := json.Marshal(ids)
		fmt.Println(string(line))
		response.WriteHeader(http.StatusNoContent)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		panic(err)
	}
	fmt.Println("listening")
	panic(http.Serve(listener, nil))
}
