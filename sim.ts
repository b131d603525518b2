import { simulate, type ExecutionPlan, type ServiceBehavior } from './harness/simulatedTime/simulation';
const many=(n:number,plan:Partial<ExecutionPlan>,proc:(i:number)=>number=()=>0):ExecutionPlan[]=>Array.from({length:n},(_,i)=>({process:proc(i),items:1,...plan}));
const cases:[string,ServiceBehavior,ExecutionPlan[],number,number,number][]=[
['1p 10x1',{limit:{images:2}},many(10,{}),240000,1.10,2],
['1p 10x1 fixed',{limit:{images:2,kind:'fixed',phaseMs:35000}},many(10,{}),25000+180000,1.10,2],
['4p 10',{limit:{images:2}},many(10,{},i=>i%4),240000,1.15,5],
['4p 10 fixed',{limit:{images:2,kind:'fixed',phaseMs:35000}},many(10,{},i=>i%4),25000+180000,1.15,5],
['20p',{limit:{images:2}},many(20,{},i=>i),540000,1.15,10],
['10p x10',{limit:{images:10}},many(10,{items:10},i=>i),540000,1.15,99],
['5x2 honored',{limit:{images:2},batches:'honored'},[{process:0,items:5,imagesPerItem:2}],240000,1.15,99],
['5x2 ignored',{limit:{images:2},batches:'ignored'},[{process:0,items:5,imagesPerItem:2}],240000,1.15,99],
['5x2 refused',{limit:{images:2},batches:'refused'},[{process:0,items:5,imagesPerItem:2}],240000,1.15,99],
['rej1.5 20',{limit:{images:2},rejectMs:()=>1500},[{process:0,items:20}],540000,1.15,3],
['counted 10',{limit:{images:2,countsRejections:true}},many(10,{}),240000,4,99],
['10/6s 30',{limit:{images:10,windowMs:6000},rejectMs:()=>5,acceptMs:()=>500},[{process:0,items:30,concurrency:12}],12000,1.12,99],
['5/10s 2p',{limit:{images:5,windowMs:10000},acceptMs:()=>500},many(10,{},i=>i%2),10000,9,99],
['join',{limit:{images:10}},[{process:0,items:100},{process:0,items:1,startMs:90000}],540000,1.15,99],
['503',{limit:{images:2}},many(10,{}),240000,1.1,9],
];
(async()=>{const seeds=Number(process.argv[2]??10);for(const [name,svc,plans,least,tmax,rmax] of cases.filter(c=>!process.argv[3]||process.argv[3].split(",").includes(c[0]))){const t:number[]=[],r:number[]=[];let lost=0;const start=Date.now();
 for(let s=1;s<=seeds;s++){const x=await simulate(svc,plans,s);lost+=x.wanted-x.images;t.push(x.lastAcceptedMs/least);r.push(x.rejections/x.wanted); if(name==='join'&&s===1)console.log('join out after',x.executions[1].acceptedMs[0]-90000)}
 t.sort((a,b)=>a-b);r.sort((a,b)=>a-b);const q=(a:number[],p:number)=>a[Math.min(a.length-1,Math.floor(p*a.length))].toFixed(3);
 console.log((q(t,.5)>String(tmax.toFixed(3))||q(r,.5)>rmax.toFixed(3)||lost?'X ':'  ')+name.padEnd(14),'t',q(t,.5),q(t,.9),q(t,1),'<=',tmax,'rej',q(r,.5),q(r,.9),q(r,1),'<=',rmax,'lost',lost,Math.round((Date.now()-start)/seeds)+'ms')}})();
