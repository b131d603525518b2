import { simulate } from './harness/simulatedTime/simulation';
(async()=>{const x=await simulate({limit:{images:10}},[{process:0,items:100,concurrency:Number(process.argv[2]||3)}],1);
console.log(x.lastAcceptedMs,x.rejections, x.account.log.slice(0,60).map(e=>((e.at-Date.UTC(2026,0,1))/1000).toFixed(1)+(e.isAccepted?'':'r')).join(' '))})();
